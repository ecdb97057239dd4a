// What the programs have in common. Sizes are given as -DSIZE1=N -DSIZE2=N.
//
// With ATOMIC accesses are C11 atomics, for a tool that takes a race of ordinary ones for an error;
// without, they are ordinary, and sequentially consistent as the tool explores them.
#ifndef PEER_H
#define PEER_H

#include <pthread.h>

#ifdef ATOMIC
#include <stdatomic.h>
typedef _Atomic int shared_int;
#define READ(variable) atomic_load_explicit(&(variable), memory_order_seq_cst)
#define WRITE(variable, value) atomic_store_explicit(&(variable), (value), memory_order_seq_cst)
#else
typedef volatile int shared_int;
#define READ(variable) (variable)
#define WRITE(variable, value) ((variable) = (value))
#endif

#endif
