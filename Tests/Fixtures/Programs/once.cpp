// Initialisers that are left by an exception, or by their thread's end: the next caller runs them again.
// once throws | once exits
#include <pthread.h>

#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>

static std::once_flag flag;
static pthread_once_t control = PTHREAD_ONCE_INIT;
static int calls, done;

static void throwsFirst() {
  if (calls++ == 0) throw 1;
  done++;
}

static void asks() {
  try {
    std::call_once(flag, throwsFirst);
  } catch (int) {
  }
}

static void exitsFirst() {
  if (calls++ == 0) pthread_exit(nullptr);
  done++;
}

static void *asksToo(void *unused) {
  pthread_once(&control, exitsFirst);
  return unused;
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  if (!std::strcmp(what, "throws")) {
    std::thread first(asks), second(asks);
    first.join();
    second.join();
  } else {
    pthread_t threads[2];
    for (pthread_t &thread : threads) pthread_create(&thread, nullptr, asksToo, nullptr);
    for (pthread_t thread : threads) pthread_join(thread, nullptr);
  }
  std::printf("%d calls, %d done\n", calls, done);
}
