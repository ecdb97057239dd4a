// Two critical sections each: what the second stores rests on what the first read, or does not.
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int state;

static int look(void) {
  pthread_mutex_lock(&lock);
  int value = state;
  pthread_mutex_unlock(&lock);
  return value;
}

static void set(int value) {
  pthread_mutex_lock(&lock);
  state = value;
  pthread_mutex_unlock(&lock);
}

/// Stores the same whatever it saw.
static void *marks(void *argument) {
  if (look() > 5) return NULL;
  set(*(int *)argument + 1);
  return NULL;
}

static void *adds(void *argument) {
  (void)argument;
  set(look() + 1);
  return NULL;
}

/// Looks first whether there is anything to do.
static void *claims(void *argument) {
  if (look() == 0) set(*(int *)argument + 1);
  return NULL;
}

/// Stores what others would store, too, if there is nothing yet.
static void *caches(void *argument) {
  if (look() == 0) set(42);
  return argument;
}

/// Does the same, and tells whether it was the one to do it.
static void *wins(void *argument) {
  if (look() != 0) return NULL;
  set(42);
  return argument;
}

/// Stores what others would store, too, and closes a file if it was the one to do it.
static void *closes(void *argument) {
  if (look() != 0) return NULL;
  set(42);
  close(100);
  return argument;
}

/// Looks first, and decides anew by the larger of two.
static void *raises(void *argument) {
  int new = *(int *)argument + 1;
  if (look() >= new) return NULL;
  pthread_mutex_lock(&lock);
  int now = state;
  state = now > new ? now : new;
  pthread_mutex_unlock(&lock);
  return NULL;
}

/// Keeps what it saw in memory of its own, and stores that memory's place whatever it was.
static struct { int before; } nodes[2];

static void *pushes(void *argument) {
  int number = *(int *)argument;
  nodes[number].before = look();
  set(number + 1);
  return NULL;
}

/// Keeps what it saw for a report, and adds to what is there then. Others look and store nothing.
static void *reports(void *argument) {
  nodes[*(int *)argument].before = look();
  pthread_mutex_lock(&lock);
  state = state + 1;
  pthread_mutex_unlock(&lock);
  return NULL;
}

static void *both(void *argument) {
  marks(argument);
  return adds(argument);
}

/// Both sections are at one place in the source.
#define TAKE()                      \
  do {                              \
    pthread_mutex_lock(&lock);      \
    int isLeft = state < 1;         \
    pthread_mutex_unlock(&lock);    \
    if (!isLeft) break;             \
    pthread_mutex_lock(&lock);      \
    state = state + 1;              \
    pthread_mutex_unlock(&lock);    \
  } while (0)

static void *takes(void *argument) {
  TAKE();
  return argument;
}

/// One critical section after another, each of which looks for itself.
static void *fills(void *argument) {
  (void)argument;
  for (int round = 0; round < 2; round++) {
    pthread_mutex_lock(&lock);
    if (state < 3) state++;
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

int main(int count, char **arguments) {
  static int numbers[] = {0, 1};
  const char *how = count > 1 ? arguments[1] : "";
  void *(*body)(void *) = strcmp(how, "adds") == 0     ? adds
                          : strcmp(how, "claims") == 0 ? claims
                          : strcmp(how, "takes") == 0  ? takes
                          : strcmp(how, "pushes") == 0 ? pushes
                          : strcmp(how, "both") == 0   ? both
                          : strcmp(how, "caches") == 0 ? caches
                          : strcmp(how, "raises") == 0 ? raises
                          : strcmp(how, "wins") == 0   ? wins
                          : strcmp(how, "closes") == 0 ? closes
                          : strcmp(how, "reports") == 0 ? reports
                          : strcmp(how, "fills") == 0  ? fills
                                                       : marks;
  pthread_t threads[2];
  for (int index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, body, &numbers[index]);
  void *results[2];
  for (int index = 0; index < 2; index++) pthread_join(threads[index], &results[index]);
  if (strcmp(how, "wins") == 0) printf("%d\n", (results[0] != NULL) + (results[1] != NULL));
  return nodes[0].before + nodes[1].before + look() > 100;
}
