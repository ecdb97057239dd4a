/// The cores that the calling thread may run on, which glibc keeps from Swift.
#ifndef CAFFINITY_H
#define CAFFINITY_H

/// The last core allowed, or -1: the first ones serve most interrupts.
int affinity_lastCore(void);

/// Pins the calling thread to one core; what it starts from here on inherits that. 0, or an errno.
int affinity_pin(int core);

/// Takes back the thread's last `affinity_pin`. 0, or an errno.
int affinity_unpin(void);

#endif
