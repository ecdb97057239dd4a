// One thread copies or compares, by a function of the C library: copies WHAT. Another one stores to what is
// read, and then to what is written, or read after it. What comes of it is told. `copies structure late` ends
// with 1 where the copy is of what was there before, and written last.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct Structure {
  char text[40];
};

static char from[8] = "a", to[8], grown[8] = "a";
static struct Structure structure = {"a"}, copied;
static char largeFrom[1 << 17] = "a", largeTo[1 << 17];
static char overlapping[8] = "abcdef";
static const char *what;
static int order;

static int is(const char *name) { return strcmp(what, name) == 0; }

static int compares(void) { return strstr(what, "cmp") || is("strstr"); }

static void *store(void *argument) {
  if (is("structure")) {
    structure.text[0] = 'b';
    copied.text[0] = 'c';
  } else if (is("large")) {
    largeFrom[0] = 'b';
    largeTo[0] = 'c';
  } else if (is("overlapping")) {
    overlapping[0] = 'x';
  } else if (is("grown")) {
    grown[1] = 'b';
    to[0] = 'c';
  } else {
    from[0] = 'b';
    to[0] = compares() ? 'a' : 'c';
  }
  return argument;
}

static void *use(void *argument) {
  volatile size_t two = 2, large = sizeof largeFrom, four = 4;
  if (is("memcpy")) memcpy(to, from, two);
  if (is("memmove")) memmove(to, from, two);
  if (is("structure")) copied = structure;
  if (is("large")) memcpy(largeTo, largeFrom, large);
  if (is("overlapping")) memmove(overlapping + 1, overlapping, four);
  if (is("strcpy")) strcpy(to, from);
  if (is("grown")) strcpy(to, grown);
  if (is("stpcpy")) order = (int)(stpcpy(to, from) - to);
  if (is("strncpy")) strncpy(to, from, sizeof to);
  if (is("strcat")) strcat(to, from);
  if (is("strncat")) strncat(to, from, 1);
  if (is("strcmp")) order = strcmp(from, to);
  if (is("strncmp")) order = strncmp(from, to, 4);
  if (is("memcmp")) order = memcmp(from, to, two);
  if (is("bcmp")) order = bcmp(from, to, two);
  if (is("strstr")) order = strstr(from, to) == from;
  return argument;
}

int main(int argc, char **argv) {
  what = argv[argc > 1 ? 1 : 0];
  if (compares()) to[0] = 'x';
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, store, NULL);
  pthread_create(&threads[1], NULL, use, NULL);
  pthread_join(threads[0], NULL);
  pthread_join(threads[1], NULL);
  if (is("structure")) printf("%s", copied.text);
  else if (is("large")) printf("%s", largeTo);
  else if (is("overlapping")) printf("%s", overlapping);
  else if (compares()) printf("%d", order < 0 ? -1 : order > 0);
  else printf("%s", to);
  return argc > 2 && copied.text[0] == 'a';
}
