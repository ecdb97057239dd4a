#include "CAffinity.h"

#include <errno.h>
#include <sched.h>

static _Thread_local cpu_set_t former;

int affinity_lastCore(void) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return -1;
  int core = CPU_SETSIZE - 1;
  while (core >= 0 && !CPU_ISSET(core, &allowed))
    core--;
  return core;
}

int affinity_pin(int core) {
  if (core < 0 || core >= CPU_SETSIZE)
    return EINVAL;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  if (sched_getaffinity(0, sizeof former, &former) != 0)
    return errno;
  return sched_setaffinity(0, sizeof one, &one) == 0 ? 0 : errno;
}

int affinity_unpin(void) {
  return sched_setaffinity(0, sizeof former, &former) == 0 ? 0 : errno;
}
