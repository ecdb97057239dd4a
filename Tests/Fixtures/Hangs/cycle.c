// Three philosophers, each with one fork in hand.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t fork_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t fork_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t fork_c = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t *forks[] = {&fork_a, &fork_b, &fork_c};
static pthread_barrier_t all;

static void eat(long number) {
  pthread_mutex_lock(forks[number]);
  pthread_barrier_wait(&all);
  pthread_mutex_lock(forks[(number + 1) % 3]);
  pthread_mutex_unlock(forks[(number + 1) % 3]);
  pthread_mutex_unlock(forks[number]);
}

static void *philosopher(void *number) {
  eat((long)number);
  return NULL;
}

int main(void) {
  pthread_t threads[3];
  pthread_barrier_init(&all, NULL, 3);
  for (long number = 0; number < 3; number++)
    pthread_create(&threads[number], NULL, philosopher, (void *)number);
  for (int number = 0; number < 3; number++) pthread_join(threads[number], NULL);
  puts("ended");
}
