#include "CxxCount.h"

#include <mutex>
#include <vector>

static std::vector<int> totals(1);
static std::mutex lock;

void countUp(void) { totals[0]++; }

void countUpLocked(void) {
  std::lock_guard<std::mutex> guard(lock);
  totals[0]++;
}

int countedUp(void) { return totals[0]; }
