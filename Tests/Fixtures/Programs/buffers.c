// Two threads use one buffer, by functions of the C library: buffers WHAT [locked]. Each names the function
// by which the second thread uses it; the first one copies a text there, or sorts numbers.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[32] = "before", other[32] = "other";
static int numbers[4] = {4, 3, 2, 1};
static const char *what;
static int isLocked;
static volatile size_t result;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int is(const char *name) { return strcmp(what, name) == 0; }

static int ascending(const void *first, const void *second) {
  return *(const int *)first - *(const int *)second;
}

static void reads(void) {
  if (is("strlen")) result = strlen(buffer);
  if (is("strnlen")) result = strnlen(buffer, 16);
  if (is("strcmp")) result = strcmp(buffer, other);
  if (is("strncmp")) result = strncmp(other, buffer, 3);
  if (is("strchr")) result = strchr(buffer, 'e') != NULL;
  if (is("strrchr")) result = strrchr(buffer, 'e') != NULL;
  if (is("strstr")) result = strstr(buffer, "for") != NULL;
  if (is("strdup")) free(strdup(buffer));
  if (is("strndup")) free(strndup(buffer, 4));
  if (is("memchr")) result = memchr(buffer, 'f', 6) != NULL;
  if (is("memcmp")) result = memcmp(buffer, other, 4);
  if (is("puts")) puts(buffer);
  if (is("fputs")) fputs(buffer, stdout);
  if (is("fwrite")) fwrite(buffer, 1, 4, stdout);
  if (is("write")) result = write(1, buffer, 4);
}

static void writes(void) {
  int ends[2] = {-1, -1};
  if (is("strcpy")) strcpy(buffer, other);
  if (is("stpcpy")) stpcpy(buffer, other);
  if (is("strncpy")) strncpy(buffer, other, 8);
  if (is("strcat")) strcat(buffer, other);
  if (is("strncat")) strncat(buffer, other, 3);
  if (is("sprintf")) sprintf(buffer, "%d", 123);
  if (is("snprintf")) snprintf(buffer, sizeof buffer, "%s", other);
  if (is("memcpy")) memcpy(buffer, other, sizeof buffer);
  if (is("read") && pipe(ends) == 0) {
    result = write(ends[1], "piped", 5);
    result = read(ends[0], buffer, sizeof buffer);
  }
  if (is("recv") && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0) {
    result = write(ends[1], "piped", 5);
    result = recv(ends[0], buffer, sizeof buffer, 0);
  }
  if (is("fgets")) result = fgets(buffer, sizeof buffer, stdin) != NULL;
  if (is("fread")) result = fread(buffer, 1, 4, stdin);
  if (is("pread")) result = pread(0, buffer, 4, 0);
  if (is("qsort")) qsort(numbers, 4, sizeof *numbers, ascending);
}

static void enter(void) {
  if (isLocked) pthread_mutex_lock(&lock);
}

static void leave(void) {
  if (isLocked) pthread_mutex_unlock(&lock);
}

static void *second(void *argument) {
  enter();
  reads();
  writes();
  leave();
  return argument;
}

int main(int argc, char **argv) {
  what = argv[argc > 1 ? 1 : 0];
  isLocked = argc > 2;
  pthread_t thread;
  pthread_create(&thread, NULL, second, NULL);
  enter();
  if (is("qsort")) numbers[2] = 7;
  else strcpy(buffer, "after");
  leave();
  pthread_join(thread, NULL);
  printf("%s %d\n", buffer, numbers[2]);
  return 0;
}
