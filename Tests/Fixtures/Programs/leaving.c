// How a program ends: leaving WHAT, where
//   exits      two threads end it with statuses of their own, by exit
//   _exits     the same, by _exit
//   holds      main ends it and holds a lock that another thread may have had before
//   leaks      a thread ends that holds a lock which nobody else wants
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *what;

static int is(const char *name) { return strcmp(what, name) == 0; }

static void *work(void *argument) {
  if (is("exits")) exit(4);
  if (is("_exits")) _exit(4);
  pthread_mutex_lock(&lock);
  if (is("holds")) {
    puts("worked");
    pthread_mutex_unlock(&lock);
  }
  return argument;
}

int main(int argc, char **argv) {
  what = argc > 1 ? argv[1] : "exits";
  pthread_t thread;
  pthread_create(&thread, NULL, work, NULL);
  if (is("exits")) exit(3);
  if (is("_exits")) _exit(3);
  if (is("holds")) pthread_mutex_lock(&lock);
  if (is("leaks")) pthread_join(thread, NULL);
  return 0;
}
