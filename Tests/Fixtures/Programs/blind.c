// Stores to atomic variables that depend on what was read before, and others that do not.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static atomic_int total, most;

static void *adds(void *argument) {
  (void)argument;
  total = total + 1;
  return NULL;
}

static void *raises(void *argument) {
  int value = *(int *)argument + 5;
  if (value > most) most = value;
  return NULL;
}

static void *marks(void *argument) {
  if (total > 5) return NULL;
  total = *(int *)argument + 1;
  return NULL;
}

struct node {
  struct node *next;
};
static struct node nodes[2];
static _Atomic(struct node *) top;

static void *pushes(void *argument) {
  struct node *node = &nodes[*(int *)argument];
  node->next = top;
  top = node;
  return NULL;
}

/// Depends on what was read if that is much.
static void *floors(void *argument) {
  int added = *(int *)argument ? 5 : -4;
  total += added;
  total = total < 2 ? 2 : total + 1;
  return NULL;
}

int main(int count, char **arguments) {
  static int numbers[] = {0, 1};
  const char *how = count > 1 ? arguments[1] : "";
  void *(*body)(void *) = strcmp(how, "adds") == 0     ? adds
                          : strcmp(how, "raises") == 0 ? raises
                          : strcmp(how, "pushes") == 0 ? pushes
                          : strcmp(how, "floors") == 0 ? floors
                                                       : marks;
  pthread_t threads[2];
  for (int index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, body, &numbers[index]);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  return 0;
}
