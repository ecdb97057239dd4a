// Two threads look at the processor's time: usedtime WHAT. They use some between, and how much decides how
// often a lock is taken.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

static const char *what;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long sum;

static int is(const char *name) { return strcmp(what, name) == 0; }

static long nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000 + time.tv_nsec;
}

static long used(void) {
  struct tms times_;
  struct rusage usage;
  if (is("process")) return nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
  if (is("thread")) return nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  if (is("times")) return times(&times_), times_.tms_utime;
  if (is("getrusage")) return getrusage(RUSAGE_SELF, &usage), usage.ru_utime.tv_usec;
  return clock();
}

static void *works(void *unused) {
  long before = used();
  volatile unsigned long local = 0;
  for (int round = 0; round < 200000; round++) local += round;
  long rounds = used() - before;
  for (long round = 0; round < rounds % 7; round++) {
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
  }
  if (is("wait"))
    for (clock_t end = clock() + 2 * CLOCKS_PER_SEC; clock() < end;) {}
  return unused;
}

int main(int count, char **words) {
  what = words[count > 1 ? 1 : 0];
  pthread_t thread;
  pthread_create(&thread, NULL, works, NULL);
  works(NULL);
  pthread_join(thread, NULL);
  printf("%ld\n", used());
  return 0;
}
