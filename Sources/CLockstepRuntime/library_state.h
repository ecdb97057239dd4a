/// What the C library keeps between calls: see library_state.c.
#ifndef LKS_LIBRARY_STATE_H
#define LKS_LIBRARY_STATE_H

#include <stdint.h>
#include <stdlib.h>

/// What `rand` and `random` draw from, with the memory that random(3) gives them.
typedef struct LKSRandomState {
  struct random_data data;
  int32_t words[32];
} LKSRandomState;

typedef struct LKSLibraryState {
  /// Of the execution that it is the state of.
  uint32_t stamp;
  LKSRandomState random;
  struct drand48_data rand48;
  /// What `strtok` has yet to look at.
  char *restOfText;
} LKSLibraryState;

#endif
