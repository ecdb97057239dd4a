/// What the runtime itself calls goes to the C library at once: these functions are the program's to call,
/// see strings.c, buffers.c and inputs.c.
#ifndef LKS_OWN_CALLS_H
#define LKS_OWN_CALLS_H

#define strlen(text) LKS_REAL(strlen)(text)
#define strcmp(first, second) LKS_REAL(strcmp)(first, second)
#define strncmp(first, second, count) LKS_REAL(strncmp)(first, second, count)
#define strchr(text, character) LKS_REAL(strchr)(text, character)
#define strrchr(text, character) LKS_REAL(strrchr)(text, character)
#define strstr(text, part) LKS_REAL(strstr)(text, part)
#define strcpy(to, from) LKS_REAL(strcpy)(to, from)
#define strncpy(to, from, count) LKS_REAL(strncpy)(to, from, count)
#define strdup(text) LKS_REAL(strdup)(text)
#define memchr(bytes, byte, count) LKS_REAL(memchr)(bytes, byte, count)
#define memcmp(first, second, count) LKS_REAL(memcmp)(first, second, count)
#define getpid() LKS_REAL(getpid)()
#define snprintf(...) LKS_REAL(snprintf)(__VA_ARGS__)
#define vsnprintf(...) LKS_REAL(vsnprintf)(__VA_ARGS__)

#endif
