/// Swift's hash seeds are random in each process, and differ from one collection to the next. A
/// schedule is the same again only if what a program does with its collections is.
#include <dlfcn.h>

#include "runtime.h"

/// stdlib/public/SwiftShims/swift/shims/GlobalObjects.h
struct LKSHashingParameters {
  uint64_t seed0;
  uint64_t seed1;
  bool deterministic;
};

/// Runs after libswiftCore has drawn its seeds, and before the program hashes anything.
__attribute__((constructor)) static void makeHashingDeterministic(void) {
  struct LKSHashingParameters *parameters =
      dlsym(RTLD_DEFAULT, "_swift_stdlib_Hashing_parameters");
  if (!parameters) return;
  parameters->seed0 = parameters->seed1 = 0;
  parameters->deterministic = true;
}
