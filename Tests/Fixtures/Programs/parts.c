// Loops that wait for a part of a word that is looked at whole besides, or for one of many words: parts WHAT.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static union {
  _Atomic unsigned long all;
  struct {
    _Atomic unsigned flag, other;
  };
  _Atomic unsigned char byte;
} word;
static _Atomic int first, second;
static const char *what;
static unsigned long before;

static int is(const char *name) { return strcmp(what, name) == 0; }

static void *set(void *argument) {
  if (is("many")) second = 1;
  else word.all = 2;
  return argument;
}

static void *setOther(void *argument) {
  word.other = 7;
  if (is("many")) first = 0;
  return argument;
}

/// Each at a place of its own.
#define LOOK seen += word.other;

static void *await(void *argument) {
  unsigned long seen = 0;
  if (is("word")) {
    seen = word.all;
    while (!word.flag) {}
  } else if (is("byte")) {
    seen = word.all;
    while (!word.byte) {}
  } else if (is("twice")) {
    while (!word.all || !word.flag) {}
  } else if (is("many")) {
    LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK LOOK
    while (!first && !second) {}
  }
  before = seen;
  return argument;
}

int main(int argc, char **argv) {
  what = argv[argc > 1 ? 1 : 0];
  pthread_t threads[3];
  pthread_create(&threads[0], NULL, set, NULL);
  pthread_create(&threads[1], NULL, setOther, NULL);
  pthread_create(&threads[2], NULL, await, NULL);
  for (int index = 0; index < 3; index++) pthread_join(threads[index], NULL);
  printf("%lx", before);
  return 0;
}
