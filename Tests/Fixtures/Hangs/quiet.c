// Programs that wait, and whose threads are woken later: none of them hangs.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LONG = 2500000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static volatile int isReady;

static void *takeAndRelease(void *argument) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return argument;
}

static void *waitForCondition(void *argument) {
  pthread_mutex_lock(&mutex);
  while (!isReady) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  return argument;
}

static void *signalLater(void *argument) {
  usleep(LONG);
  pthread_mutex_lock(&mutex);
  isReady = 1;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  return argument;
}

static void *unlockForAnother(void *argument) {
  pthread_mutex_unlock(&mutex);
  return argument;
}

static void post(int number) {
  (void)number;
  sem_post(&semaphore);
}

static void postFromTimer(union sigval value) {
  (void)value;
  sem_post(&semaphore);
}

/// Another thread waits for a mutex that this one holds, while this one waits for something else.
static void holdWhile(void (*wait)(void)) {
  pthread_t thread;
  pthread_mutex_lock(&mutex);
  pthread_create(&thread, NULL, takeAndRelease, NULL);
  wait();
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, NULL);
}

static void readInput(void) {
  char byte;
  while (read(0, &byte, 1) < 0) {
  }
}

static void sleepLong(void) { usleep(LONG); }

static void readSocket(void) {
  int ends[2];
  char byte = 'x';
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  if (fork() == 0) {
    usleep(LONG);
    _exit(write(ends[1], &byte, 1) != 1);
  }
  while (read(ends[0], &byte, 1) < 0) {
  }
}

static void waitWithLimit(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_sec += 3;
  sem_timedwait(&semaphore, &time);
}

static void waitForSemaphore(void) {
  while (sem_wait(&semaphore) != 0) {
  }
}

static void useCondition(void) {
  pthread_t threads[3];
  pthread_create(&threads[0], NULL, waitForCondition, NULL);
  pthread_create(&threads[1], NULL, waitForCondition, NULL);
  pthread_create(&threads[2], NULL, signalLater, NULL);
  for (int index = 0; index < 3; index++) pthread_join(threads[index], NULL);
}

static void useSignalHandler(void) {
  signal(SIGUSR1, post);
  if (fork() == 0) {
    usleep(LONG);
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  waitForSemaphore();
}

static void useTimer(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = postFromTimer};
  struct itimerspec time = {.it_value = {3, 0}};
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  timer_settime(timer, 0, &time, NULL);
  waitForSemaphore();
}

static void useAlarm(void) {
  signal(SIGALRM, post);
  alarm(3);
  waitForSemaphore();
}

/// The owner of a lock in shared memory is a thread of another process.
static void useSharedMemory(void) {
  char *memory =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  sem_t *isTaken = (sem_t *)memory;
  pthread_mutex_t *shared = (pthread_mutex_t *)(memory + 1024);
  pthread_mutexattr_t attributes;
  sem_init(isTaken, 1, 0);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(shared, &attributes);
  if (fork() == 0) {
    pthread_mutex_lock(shared);
    sem_post(isTaken);
    usleep(LONG);
    pthread_mutex_unlock(shared);
    _exit(0);
  }
  sem_wait(isTaken);
  pthread_mutex_lock(shared);
}

/// A mutex that one thread takes and another gives back is no lock.
static void handOver(void) {
  for (int round = 0; round < 2; round++) {
    pthread_t thread;
    pthread_mutex_lock(&mutex);
    pthread_create(&thread, NULL, unlockForAnother, NULL);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
  }
}

int main(int count, char **arguments) {
  const char *kind = count > 1 ? arguments[1] : "";
  sem_init(&semaphore, 0, 0);
  if (!strcmp(kind, "input")) holdWhile(readInput);
  else if (!strcmp(kind, "socket")) holdWhile(readSocket);
  else if (!strcmp(kind, "sleep")) holdWhile(sleepLong);
  else if (!strcmp(kind, "limit")) holdWhile(waitWithLimit);
  else if (!strcmp(kind, "condition")) useCondition();
  else if (!strcmp(kind, "handler")) useSignalHandler();
  else if (!strcmp(kind, "timer")) useTimer();
  else if (!strcmp(kind, "alarm")) useAlarm();
  else if (!strcmp(kind, "shared")) useSharedMemory();
  else if (!strcmp(kind, "handover")) handOver();
  else return 9;
  puts("ended");
  return 5;
}
