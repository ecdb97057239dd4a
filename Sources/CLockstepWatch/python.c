/// The stacks of Python, which only the interpreter can read.
///
/// CPython has a function for crashed processes that writes them down without the interpreter's lock
/// and without memory; `faulthandler` calls it in signal handlers, and so do we.
#include <errno.h>
#include <fcntl.h>
#include <link.h>
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

// MARK: Places

/// `PyGILState_GetThisThreadState`: the caller's own state, for which it needs no lock.
static char *(*threadState)(void);
static uint64_t interpreterStart, interpreterEnd;

/// Where CPython 3.11 keeps a thread's innermost frame: `PyThreadState.cframe`,
/// `_PyCFrame.current_frame`, `_PyInterpreterFrame.f_code` and `.prev_instr`. The thread that asks is
/// the one whose frame it is, and it is in a call: none of this can change or go meanwhile.
enum { CFRAME = 56, CURRENT_FRAME = 8, CODE = 32, INSTRUCTION = 56, VERSION_3_11 = 0x030b };

void lkw_notePythonPlace(LKWHold *hold) {
  if (hold->callers[0] < interpreterStart || hold->callers[0] >= interpreterEnd) return;
  hold->callers[1] = 0;
  char *state = threadState();
  char *cframe = state ? *(char **)(state + CFRAME) : NULL;
  char *frame = cframe ? *(char **)(cframe + CURRENT_FRAME) : NULL;
  if (!frame) return;
  hold->callers[2] = *(uint64_t *)(frame + INSTRUCTION);
  hold->callers[1] = *(uint64_t *)(frame + CODE);
}

static int findInterpreter(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  uint64_t address = (uint64_t)argument, start = 0, end = 0;
  bool isIt = false;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    if (header->p_type != PT_LOAD) continue;
    uint64_t lower = info->dlpi_addr + header->p_vaddr, upper = lower + header->p_memsz;
    if (!start || lower < start) start = lower;
    if (upper > end) end = upper;
    isIt |= address >= lower && address < upper;
  }
  if (!isIt) return 0;
  interpreterStart = start;
  interpreterEnd = end;
  return 1;
}

static void preparePlaces(void) {
  const unsigned long *version = dlsym(RTLD_DEFAULT, "Py_Version");
  threadState = (char *(*)(void))dlsym(RTLD_DEFAULT, "PyGILState_GetThisThreadState");
  if (!version || !threadState || *version >> 16 != VERSION_3_11) return;
  if (dl_iterate_phdr(findInterpreter, (void *)threadState)) lkw_table.pythonVersion = VERSION_3_11;
}

// MARK: Start

void lkw_preparePython(void) {
  preparePlaces();
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
