/// Waits in the kernel that nobody controls: all threads of an execution wait with the one that does.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime.h"

/// What a call into the kernel is called; those that wait.
static const char *nameOfCall(long number) {
  static const struct {
    long number;
    const char *name;
  } names[] = {
#define LKS_CALL_NAME(name) {SYS_##name, "a wait in the kernel: " #name}
      LKS_CALL_NAME(read), LKS_CALL_NAME(readv), LKS_CALL_NAME(write), LKS_CALL_NAME(writev),
      LKS_CALL_NAME(poll), LKS_CALL_NAME(ppoll), LKS_CALL_NAME(select), LKS_CALL_NAME(pselect6),
      LKS_CALL_NAME(epoll_wait), LKS_CALL_NAME(epoll_pwait), LKS_CALL_NAME(accept),
      LKS_CALL_NAME(accept4), LKS_CALL_NAME(connect), LKS_CALL_NAME(recvfrom),
      LKS_CALL_NAME(recvmsg), LKS_CALL_NAME(sendto), LKS_CALL_NAME(sendmsg), LKS_CALL_NAME(wait4),
      LKS_CALL_NAME(waitid), LKS_CALL_NAME(pause), LKS_CALL_NAME(rt_sigsuspend),
      LKS_CALL_NAME(rt_sigtimedwait), LKS_CALL_NAME(nanosleep), LKS_CALL_NAME(clock_nanosleep),
      LKS_CALL_NAME(futex), LKS_CALL_NAME(flock), LKS_CALL_NAME(fcntl), LKS_CALL_NAME(msgrcv),
      LKS_CALL_NAME(semop), LKS_CALL_NAME(semtimedop), LKS_CALL_NAME(open), LKS_CALL_NAME(openat),
  };
  for (size_t index = 0; index < sizeof names / sizeof *names; index++)
    if (names[index].number == number) return names[index].name;
  return "a wait in the kernel";
}

void lks_noteHoldUp(LKSExploration *exploration, int32_t child) {
  char path[64], line[256] = "";
  snprintf(path, sizeof path, "/proc/%d/syscall", child);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ssize_t count = LKS_REAL(read)(file, line, sizeof line - 1);
  close(file);
  if (count <= 0 || line[0] < '0' || line[0] > '9') return;
  exploration->heldUpIn = nameOfCall(atol(line));
}
