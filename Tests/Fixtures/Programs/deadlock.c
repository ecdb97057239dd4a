// Two transfers in opposite directions, each locking its source first.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;

static void *forward(void *unused) {
  pthread_mutex_lock(&first);
  pthread_mutex_lock(&second);
  pthread_mutex_unlock(&second);
  pthread_mutex_unlock(&first);
  return unused;
}

static void *backward(void *unused) {
  pthread_mutex_lock(&second);
  pthread_mutex_lock(&first);
  pthread_mutex_unlock(&first);
  pthread_mutex_unlock(&second);
  return unused;
}

static void *ends(void *unused) { return unused; }

/// As many threads before them, one after another, as it is told.
int main(int count, char **words) {
  for (int left = count > 1 ? atoi(words[1]) : 0; left > 0; left--) {
    pthread_t thread;
    pthread_create(&thread, NULL, ends, NULL);
    pthread_join(thread, NULL);
  }
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, forward, NULL);
  pthread_create(&threads[1], NULL, backward, NULL);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  puts("done");
  return 0;
}
