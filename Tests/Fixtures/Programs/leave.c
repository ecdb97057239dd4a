// Returns from main while a thread still works, and has a handler that looks at what it did.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int work;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *labour(void *unused) {
  pthread_mutex_lock(&lock);
  work = 1;
  pthread_mutex_unlock(&lock);
  return unused;
}

static void look(void) {
  pthread_mutex_lock(&lock);
  printf("work %d\n", work);
  pthread_mutex_unlock(&lock);
}

int main(void) {
  pthread_t thread;
  atexit(look);
  pthread_create(&thread, NULL, labour, NULL);
  pthread_detach(thread);
  return 0;
}
