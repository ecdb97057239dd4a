// As its first argument says: 'race', two threads and no lock; 'deadlock', two locks in opposite orders;
// or 'right'.
#include <cassert>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

class Counter {
 public:
  void increment() { total_++; }
  void incrementLocked() {
    std::lock_guard<std::mutex> guard(mutex_);
    total_++;
  }
  int total() const { return total_; }

 private:
  int total_ = 0;
  std::mutex mutex_;
};

static std::mutex left, right;

static void take(std::mutex &first, std::mutex &second) {
  std::lock_guard<std::mutex> outer(first);
  std::lock_guard<std::mutex> inner(second);
}

int main(int argc, char **argv) {
  const std::string what = argc > 1 ? argv[1] : "right";
  Counter counter;
  if (what == "deadlock") {
    std::thread one([] { take(left, right); });
    std::thread other([] { take(right, left); });
    one.join();
    other.join();
    return 0;
  }
  auto body = [&] { what == "race" ? counter.increment() : counter.incrementLocked(); };
  std::thread one(body), other(body);
  one.join();
  other.join();
  if (what != "race") assert(counter.total() == 2);
  std::cout << counter.total() << std::endl;
  return 0;
}
