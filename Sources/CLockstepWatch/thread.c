/// The start of threads, and waiting for their end.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "watch.h"

typedef struct Start {
  void *(*function)(void *);
  void *argument;
} Start;

/// What a thread runs first: from here on its stack is known.
static void *run(void *argument) {
  Start start = *(Start *)argument;
  free(argument);
  LKWThread *self = lkw_self();
  if (self) {
    self->start = (uint64_t)start.function;
    self->stackTop = (uint64_t)LKW_FRAME + 16;
  }
  return start.function(start.argument);
}

LKW_EXPORT int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *),
    void *argument) {
  LKWThread *self = lkw_self();
  Start *start = self ? malloc(sizeof *start) : NULL;
  if (!start) return LKW_REAL(pthread_create)(thread, attributes, function, argument);
  *start = (Start){function, argument};
  int result = LKW_REAL(pthread_create)(thread, attributes, run, start);
  if (result != 0) free(start);
  return result;
}

LKW_EXPORT int pthread_join(pthread_t thread, void **value) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, (uint64_t)thread | LKW_JOIN, LKW_FRAME);
  return LKW_REAL(pthread_join)(thread, value);
}

LKW_EXPORT int pthread_timedjoin_np(pthread_t thread, void **value, const struct timespec *time) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, (uint64_t)thread | LKW_JOIN, LKW_FRAME);
  return LKW_REAL(pthread_timedjoin_np)(thread, value, time);
}
