// Races on five variables, and one of a third line with an update that is lost.
#include <pthread.h>
#include <stdio.h>

static int total;
static int values[5 * 16];

static void *add(void *unused) {
  total += 1;
  for (int index = 0; index < 5; index++) values[index * 16] = 1;
  return unused;
}

static void *look(void *unused) {
  if (total > 5) puts("more than five");
  values[0] = 2;
  values[16] = 2;
  values[32] = 2;
  values[48] = 2;
  values[64] = 2;
  return unused;
}

int main(void) {
  pthread_t threads[3];
  pthread_create(&threads[0], NULL, add, NULL);
  pthread_create(&threads[1], NULL, add, NULL);
  pthread_create(&threads[2], NULL, look, NULL);
  for (int index = 0; index < 3; index++) pthread_join(threads[index], NULL);
  return 0;
}
