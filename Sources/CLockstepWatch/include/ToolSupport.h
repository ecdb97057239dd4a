/// Calls of the kernel that Swift's Glibc module does not have.
#ifndef CLOCKSTEP_WATCH_TOOL_SUPPORT_H
#define CLOCKSTEP_WATCH_TOOL_SUPPORT_H

#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/// memfd_create(2) with MFD_CLOEXEC.
static inline int lkw_memoryFile(const char *name) {
  return (int)syscall(SYS_memfd_create, name, 1u);
}

/// Whether a program file gives its processes capabilities: see capabilities(7).
static inline bool lkw_hasCapabilities(const char *path) {
  return getxattr(path, "security.capability", NULL, 0) > 0;
}

#endif
