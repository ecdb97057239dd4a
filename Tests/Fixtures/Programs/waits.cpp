// Waits of C++20 that are no calls of POSIX threads: waits WHAT, where
//   flag, semaphore, latch, barrier, future  what one thread wrote, another reads once it has waited
//   forgets    a flag is changed, and nobody notified
//   fewer      a latch is counted down too rarely
//   twice      a semaphore lets two threads in at once
//   stops      a wait with a stop token, whose loop is the library's
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>

static std::atomic<int> flag{0};
static std::counting_semaphore<4> items{0};
static std::counting_semaphore<4> room{2};
static std::latch done{1};
static std::barrier<> meeting{2};
static int data;

static void add() {
  room.acquire();
  data++;
  room.release();
}

static int both(void (*work)(), void (*wait)()) {
  std::thread worker(work);
  wait();
  int result = data;
  worker.join();
  return result;
}

int main(int argc, char **argv) {
  auto is = [&](const char *name) { return argc > 1 && std::strcmp(argv[1], name) == 0; };
  int result = 0;
  if (is("flag"))
    result = both([] { data = 42, flag.store(1), flag.notify_one(); }, [] { flag.wait(0); });
  if (is("semaphore")) result = both([] { data = 42, items.release(); }, [] { items.acquire(); });
  if (is("latch")) result = both([] { data = 42, done.count_down(); }, [] { done.wait(); });
  if (is("barrier"))
    result = both(
        [] { data = 42, meeting.arrive_and_wait(); }, [] { meeting.arrive_and_wait(); });
  if (is("future")) {
    std::promise<int> promise;
    std::thread worker([&] { promise.set_value(42); });
    result = promise.get_future().get();
    worker.join();
  }
  if (is("forgets")) result = both([] { data = 42, flag.store(1); }, [] { flag.wait(0); });
  if (is("fewer")) result = both([] { data = 42; }, [] { done.wait(); });
  if (is("twice")) result = both(add, add);
  if (is("stops")) {
    std::mutex lock;
    std::condition_variable_any condition;
    std::jthread worker([&](std::stop_token token) {
      std::unique_lock guard(lock);
      condition.wait(guard, token, [] { return false; });
      data = 42;
    });
    worker.request_stop();
    worker.join();
    result = data;
  }
  std::printf("%d\n", result);
}
