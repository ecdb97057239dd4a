// A block that is handed over and freed by who handed it over: that others use it before shows only
// once it is known that they may.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(int *) handed;

static void *one(void *argument) {
  handed = malloc(sizeof(int));
  *handed = 42;
  free(handed);
  return argument;
}

static void *two(void *argument) {
  handed = malloc(sizeof(int));
  return argument;
}

static void *three(void *argument) {
  int *block = handed;
  if (block) *block = 18;
  return argument;
}

int main(void) {
  void *(*const bodies[])(void *) = {one, two, three};
  pthread_t threads[3];
  for (int index = 0; index < 3; index++)
    pthread_create(&threads[index], NULL, bodies[index], NULL);
  for (int index = 0; index < 3; index++) pthread_join(threads[index], NULL);
  return 0;
}
