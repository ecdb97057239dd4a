/// Programs of the corpus that are in C, and functions of glibc's that Swift's module of it leaves out.
#ifndef CORPUS_IN_C_H
#define CORPUS_IN_C_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <time.h>

int pthread_tryjoin_np(pthread_t thread, void **result);
int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *time);
int pthread_clockjoin_np(
    pthread_t thread, void **result, clockid_t clock, const struct timespec *time);
int pthread_mutex_clocklock(
    pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time);
int pthread_rwlock_clockrdlock(
    pthread_rwlock_t *lock, clockid_t clock, const struct timespec *time);
int pthread_rwlock_clockwrlock(
    pthread_rwlock_t *lock, clockid_t clock, const struct timespec *time);
int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *time);

/// A thread of C11's waits until another has set a flag, under their lock or without it; 1.
int corpus_c11Flag(bool isLocked);

/// Threads of C11's that end add what each has of its own to a total, under a lock or without one.
int corpus_c11Values(bool isLocked);

#endif
