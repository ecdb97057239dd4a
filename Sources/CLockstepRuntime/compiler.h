/// What the compiler is told.
#ifndef LKS_COMPILER_H
#define LKS_COMPILER_H

#define LKS_LIKELY(x) __builtin_expect(!!(x), 1)
#define LKS_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LKS_EXPORT __attribute__((visibility("default")))
#define LKS_CALLER ((uintptr_t)__builtin_return_address(0))

#endif
