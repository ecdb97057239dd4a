// How long so many rounds of lock and unlock take: contention THREADS contended|uncontended ROUNDS.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t shared = PTHREAD_MUTEX_INITIALIZER;
static int isContended;
static long rounds;
static volatile long total;

static void *body(void *argument) {
  pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t *mutex = isContended ? &shared : &own;
  volatile long ownTotal = 0;
  volatile long *sum = isContended ? &total : &ownTotal;
  for (long round = 0; round < rounds; round++) {
    pthread_mutex_lock(mutex);
    (*sum)++;
    pthread_mutex_unlock(mutex);
  }
  return argument;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  int threadCount = atoi(arguments[1]);
  pthread_t threads[64];
  struct timespec start, end;
  isContended = strcmp(arguments[2], "contended") == 0;
  rounds = atol(arguments[3]);
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int index = 0; index < threadCount; index++)
    pthread_create(&threads[index], NULL, body, NULL);
  for (int index = 0; index < threadCount; index++) pthread_join(threads[index], NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  if (isContended && total != threadCount * rounds) return 3;
  printf("%.6f\n",
         (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
  return 0;
}
