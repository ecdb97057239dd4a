/// C11's threads, mutexes and conditions: those of POSIX by other names (nptl/thrd_*.c, mtx_*.c), but
/// glibc calls those within itself, where nobody sees it.
#include <errno.h>
#include <limits.h>
#include <threads.h>

#include "runtime.h"

static int resultOf(int error) {
  switch (error) {
  case 0: return thrd_success;
  case EBUSY: return thrd_busy;
  case ETIMEDOUT: return thrd_timedout;
  case ENOMEM: return thrd_nomem;
  default: return thrd_error;
  }
}

// MARK: Mutexes

int mtx_init(mtx_t *mutex, int type) {
  lks_mutexForget((pthread_mutex_t *)mutex, LKS_CALLER);
  return LKS_REAL(mtx_init)(mutex, type);
}

void mtx_destroy(mtx_t *mutex) {
  lks_mutexEnd((pthread_mutex_t *)mutex, LKS_CALLER);
  LKS_REAL(mtx_destroy)(mutex);
}

int mtx_lock(mtx_t *mutex) {
  return resultOf(lks_mutexLock((pthread_mutex_t *)mutex, LKS_CALLER));
}

int mtx_trylock(mtx_t *mutex) {
  return resultOf(lks_mutexTryLock((pthread_mutex_t *)mutex, LKS_CALLER));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict time) {
  return resultOf(lks_mutexTimedLock((pthread_mutex_t *)mutex, time, LKS_CALLER));
}

int mtx_unlock(mtx_t *mutex) {
  return resultOf(lks_mutexUnlock((pthread_mutex_t *)mutex, LKS_CALLER));
}

// MARK: Conditions

int cnd_wait(cnd_t *condition, mtx_t *mutex) {
  if (!lks_controlled()) return LKS_REAL(cnd_wait)(condition, mutex);
  return resultOf(lks_conditionWait(
      (pthread_cond_t *)condition, (pthread_mutex_t *)mutex, NULL, LKS_CALLER));
}

int cnd_timedwait(
    cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict time) {
  if (!lks_controlled()) return LKS_REAL(cnd_timedwait)(condition, mutex, time);
  return resultOf(lks_conditionWait(
      (pthread_cond_t *)condition, (pthread_mutex_t *)mutex, time, LKS_CALLER));
}

int cnd_signal(cnd_t *condition) {
  return resultOf(lks_conditionWake((pthread_cond_t *)condition, LKS_SIGNAL, LKS_CALLER));
}

int cnd_broadcast(cnd_t *condition) {
  return resultOf(lks_conditionWake((pthread_cond_t *)condition, LKS_BROADCAST, LKS_CALLER));
}

// MARK: Threads

int thrd_create(thrd_t *handle, thrd_start_t start, void *argument) {
  if (!lks_controlled()) return LKS_REAL(thrd_create)(handle, start, argument);
  // What it returns is the lower half of the register that POSIX's returns its pointer in.
  void *(*body)(void *);
  memcpy(&body, &start, sizeof body);
  int error = lks_threadCreate(handle, NULL, body, argument, LKS_CALLER);
  return error == EAGAIN ? thrd_nomem : resultOf(error);
}

int thrd_join(thrd_t handle, int *result) {
  if (!lks_controlled()) return LKS_REAL(thrd_join)(handle, result);
  void *value = NULL;
  int error = lks_threadJoin(handle, &value, LKS_CALLER);
  if (!error && result) *result = (int)(intptr_t)value;
  return resultOf(error);
}

int thrd_detach(thrd_t handle) {
  return lks_controlled() ? resultOf(pthread_detach(handle)) : LKS_REAL(thrd_detach)(handle);
}

__attribute__((noreturn)) void thrd_exit(int result) {
  if (lks_current) pthread_exit((void *)(intptr_t)result);
  LKS_REAL(thrd_exit)(result);
  __builtin_unreachable();
}

void thrd_yield(void) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(thrd_yield)();
    return;
  }
  lks_settleExternal(thread);
  lks_giveWay(thread, LKS_CALLER);
}

int thrd_sleep(const struct timespec *time, struct timespec *left) {
  return lks_controlled() ? nanosleep(time, left) : LKS_REAL(thrd_sleep)(time, left);
}

void call_once(once_flag *control, void (*initialise)(void)) {
  lks_once((pthread_once_t *)control, initialise, LKS_CALLER);
}

// MARK: Values of a thread's own

int tss_create(tss_t *key, tss_dtor_t destructor) {
  return resultOf(pthread_key_create(key, destructor));
}

int tss_set(tss_t key, void *value) { return resultOf(pthread_setspecific(key, value)); }

void tss_delete(tss_t key) { pthread_key_delete(key); }
