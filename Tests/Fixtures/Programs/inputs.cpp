// What a program reads that nobody gave it, printed by two threads: inputs WHAT, where WHAT is
//   getrandom, getentropy, syscall, device, random_device, arc4random  random numbers
//   getpid, gettid     an id
//   file PATH          a file's size decides whether a lock is taken
#include <fcntl.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>

extern "C" uint32_t arc4random(void) __attribute__((weak));

static const char *what, *path;
static unsigned numbers[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is(const char *name) { return std::strcmp(what, name) == 0; }

static unsigned number() {
  unsigned number = 0;
  if (is("getrandom")) (void)!getrandom(&number, sizeof number, 0);
  if (is("getentropy")) (void)!getentropy(&number, sizeof number);
  if (is("syscall")) syscall(SYS_getrandom, &number, sizeof number, 0);
  if (is("random_device")) number = std::random_device()();
  if (is("arc4random") && arc4random) number = arc4random();
  if (is("device")) {
    int file = open("/dev/urandom", O_RDONLY);
    (void)!read(file, &number, sizeof number);
    close(file);
  }
  return number;
}

static unsigned grow() {
  int file = open(path, O_RDWR | O_APPEND);
  struct stat status;
  fstat(file, &status);
  (void)!write(file, "x", 1);
  close(file);
  return (unsigned)status.st_size;
}

static void *work(void *place) {
  *(unsigned *)place = number();
  if (is("getpid")) *(unsigned *)place = (unsigned)getpid();
  if (is("gettid")) *(unsigned *)place = (unsigned)gettid();
  if (is("file") ? grow() % 2 : is("getpid") || is("gettid")) {
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
  }
  return nullptr;
}

int main(int argc, char **argv) {
  what = argc > 1 ? argv[1] : "getrandom";
  path = argc > 2 ? argv[2] : "";
  pthread_t thread;
  pthread_create(&thread, nullptr, work, &numbers[0]);
  pthread_mutex_lock(&lock);
  pthread_mutex_unlock(&lock);
  work(&numbers[1]);
  pthread_join(thread, nullptr);
  std::printf("%s %u %u\n", numbers[0] == numbers[1] ? "alike" : "different", numbers[0], numbers[1]);
}
