/// Processes that a program leaves behind, which are to end with it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime.h"

/// The parent of a process: the fourth field of its line (proc(5), /proc/pid/stat); 0 where there is none.
static pid_t parentOf(const char *process) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%s/stat", process);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = LKS_REAL(read)(file, line, sizeof line - 1);
  close(file);
  if (count <= 0) return 0;
  line[count] = 0;
  // The name may hold spaces and brackets.
  const char *end = strrchr(line, ')');
  int parent = 0;
  return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

/// Ends this process's children; whether there were any.
static bool killChildren(void) {
  DIR *folder = opendir("/proc");
  if (!folder) return false;
  pid_t self = getpid();
  bool any = false;
  for (const struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9' || parentOf(entry->d_name) != self) continue;
    any = kill((pid_t)atoi(entry->d_name), SIGKILL) == 0 || any;
  }
  closedir(folder);
  return any;
}

void lks_endChildren(void) {
  // Whoever a child had for children is this process's, once that has ended.
  for (int round = 0; round < 100 && killChildren(); round++) {
    pid_t other;
    while ((other = waitpid(-1, NULL, 0)) > 0 || (other < 0 && errno == EINTR)) {
    }
  }
}
