/// The functions by which programs of the software verification competition speak to their verifier
/// (SV-COMP, rules, "Assumptions, atomic execution, nondeterministic values"): many of the literature's
/// programs cannot be linked without.
#include <stdlib.h>
#include <unistd.h>

#include "output.h"

/// What does not hold is no execution of the program: it ends here, and shows nothing.
void __VERIFIER_assume(int condition) {
  if (condition) return;
  LKSThread *thread = lks_controlled();
  if (!thread || !thread->exploration->isChild) _exit(0);
  // The other threads' steps are steps of executions in which it does hold.
  lks_finishProgram(thread, LKS_CALLER);
  thread->exploration->isCut = true;
  lks_endExecution(thread->exploration, LKS_COMPLETED);
}

void __VERIFIER_error(void) { abort(); }

static pthread_mutex_t atomicSection = PTHREAD_MUTEX_INITIALIZER;

void __VERIFIER_atomic_begin(void) { lks_mutexLock(&atomicSection, LKS_CALLER); }
void __VERIFIER_atomic_end(void) { lks_mutexUnlock(&atomicSection, LKS_CALLER); }

/// One value of many.
static void noteValue(void) {
  LKSThread *thread = lks_controlled();
  if (thread) lks_uncontrolled(thread->exploration, "__VERIFIER_nondet, which gives 0 each time");
}

#define LKS_NONDETERMINISTIC(type, name)   \
  type __VERIFIER_nondet_##name(void) {    \
    noteValue();                           \
    return 0;                              \
  }
LKS_NONDETERMINISTIC(_Bool, bool)
LKS_NONDETERMINISTIC(char, char)
LKS_NONDETERMINISTIC(unsigned char, uchar)
LKS_NONDETERMINISTIC(short, short)
LKS_NONDETERMINISTIC(unsigned short, ushort)
LKS_NONDETERMINISTIC(int, int)
LKS_NONDETERMINISTIC(unsigned, uint)
LKS_NONDETERMINISTIC(long, long)
LKS_NONDETERMINISTIC(unsigned long, ulong)
LKS_NONDETERMINISTIC(unsigned long, size_t)
LKS_NONDETERMINISTIC(float, float)
LKS_NONDETERMINISTIC(double, double)
LKS_NONDETERMINISTIC(void *, pointer)
