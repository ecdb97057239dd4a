/// The library's identity.
#include "CLockstepWatch.h"

__attribute__((visibility("default"))) const uint32_t lkw_version = LKW_VERSION;
