// Functions and a variable of a program's own under names of the C library.
#include <pthread.h>

int balance;
int signal;

int read(int *account) { return *account; }
void write(int *account, int amount) { *account = amount; }
long mmap(long pages) { return pages * 4096; }
int open(int hour) { return hour * 60; }
int kill(int count) { return count - 1; }
int getpid(void) { return signal; }

__attribute__((noinline)) void *memcpy(void *to, const void *from, unsigned long size) {
  for (unsigned long i = 0; i < size; i++) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}

static void *withdraw(void *unused) {
  write(&balance, kill(read(&balance)));
  return unused;
}

static void *raise_(void *unused) {
  signal++;
  return unused;
}

int main(int count, char **arguments) {
  pthread_t threads[2];
  void *(*work)(void *) = arguments[1][0] == 's' ? raise_ : withdraw;
  memcpy(threads, (pthread_t[2]){0}, sizeof threads);
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, work, 0);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
  return mmap(0) + open(0) + (getpid() > 2) + (count != 2);
}
