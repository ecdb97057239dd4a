// How a program ends: leaving WHAT, where
//   exits      two threads end it with statuses of their own, by exit
//   _exits     the same, by _exit
//   holds      main ends it and holds a lock that another thread may have had before
//   crosses    main ends it while two threads may wait for each other
//   forgets    the same where one has ended with what the other waits for
//   leaks      a thread ends that holds a lock which nobody else wants
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *what;

static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;

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

static void *takesBoth(void *argument) {
  pthread_mutex_t *first = argument ? &second : &lock, *other = argument ? &lock : &second;
  pthread_mutex_lock(first);
  pthread_mutex_lock(other);
  pthread_mutex_unlock(other);
  pthread_mutex_unlock(first);
  return NULL;
}

static void *forgets(void *argument) {
  pthread_mutex_lock(&lock);
  return argument;
}

int main(int argc, char **argv) {
  what = argc > 1 ? argv[1] : "exits";
  pthread_t thread;
  if (is("crosses") || is("forgets")) {
    void *(*start)(void *) = is("crosses") ? takesBoth : forgets;
    pthread_create(&thread, NULL, start, NULL);
    pthread_create(&thread, NULL, start, &thread);
    return 0;
  }
  pthread_create(&thread, NULL, work, NULL);
  if (is("exits")) exit(3);
  if (is("_exits")) _exit(3);
  if (is("holds")) pthread_mutex_lock(&lock);
  if (is("leaks")) pthread_join(thread, NULL);
  return 0;
}
