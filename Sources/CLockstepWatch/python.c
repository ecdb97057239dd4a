/// The stacks of Python, which only the interpreter can read.
///
/// CPython has a function for crashed processes that writes them down without the interpreter's lock
/// and without memory; `faulthandler` calls it in signal handlers, and so do we.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

typedef const char *(*DumpTraceback)(int file, void *interpreter, void *thread);

static DumpTraceback dumpTraceback;
static char place[64];

/// Only what the tool has asked for by sigqueue(3), with our magic number, is answered.
static void writeDown(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  if (info->si_code != SI_QUEUE || info->si_value.sival_int != (int)LKW_MAGIC) return;
  int error = errno;
  int file = open(place, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file >= 0) {
    const char *complaint = dumpTraceback(file, NULL, NULL);
    if (complaint && write(file, complaint, strlen(complaint)) < 0) error = errno;
    if (write(file, "\nend\n", 5) < 0) error = errno;
    close(file);
  }
  errno = error;
}

void lkw_preparePython(void) {
  const char *path = getenv("LOCKSTEP_WATCH_PYTHON");
  dumpTraceback = (DumpTraceback)dlsym(RTLD_DEFAULT, "_Py_DumpTracebackThreads");
  if (!path || strlen(path) >= sizeof place || !dumpTraceback) return;
  strcpy(place, path);
  int number = SIGRTMAX - 7;
  struct sigaction old, action = {.sa_sigaction = writeDown, .sa_flags = SA_SIGINFO | SA_RESTART};
  // A program that was started with the signal ignored, or that uses it, has it its own way.
  if (sigaction(number, NULL, &old) != 0 || old.sa_handler != SIG_DFL) return;
  if (sigaction(number, &action, NULL) == 0) lkw_table.pythonSignal = (uint32_t)number;
}
