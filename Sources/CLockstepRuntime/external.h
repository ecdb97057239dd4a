/// Formal accesses: see external.c.
#ifndef LKS_EXTERNAL_H
#define LKS_EXTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#define LKS_REMEMBERED_STRETCHES 64
#define LKS_REMEMBERED_SITES 256

/// Code between two addresses, and whether it may call something other than this runtime.
typedef struct LKSStretch {
  uintptr_t from;
  uintptr_t to;
  bool mayCall;
} LKSStretch;

/// Answers about the program's code that were given before, by the lower bits of what was asked.
typedef struct LKSFormalCode {
  LKSStretch stretches[LKS_REMEMBERED_STRETCHES];
  /// Places where formal accesses are opened that are not known to be opaque.
  uintptr_t clearSites[LKS_REMEMBERED_SITES];
} LKSFormalCode;

#endif
