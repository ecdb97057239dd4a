/// The records of a process's threads, and where the tool finds them.
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fast_mutex.h"
#include "watch.h"

_Static_assert(sizeof(LKWThread) % 64 == 0, "records share no cache line");
_Static_assert(offsetof(LKWChunk, threads) % 64 == 0, "records share no cache line");

LKWTable lkw_table = {.magic = LKW_MAGIC, .handedOver = (uint64_t)lkw_handedOver};
LKWRegistry *lkw_registry;
_Thread_local LKWThread *lkw_current;

static pthread_key_t endKey;
static atomic_bool hasEndKey;
static _Atomic(LKWThread *) spare;
static uint64_t mainStackTop;
uint64_t lkw_programStart, lkw_programSize;
static uint64_t dispatchStart, dispatchEnd;

void *lkw_next(const char *name, const char *version) {
  void *found = version ? dlvsym(RTLD_NEXT, name, version) : NULL;
  if (!found) found = dlsym(RTLD_NEXT, name);
  if (found) return found;
  // Without the function that it asked for, the program cannot go on.
  static const char text[] = "lockstep run: the program calls a function that no library defines: ";
  if (write(2, text, sizeof text - 1) < 0 || write(2, name, strlen(name)) < 0 ||
      write(2, "\n", 1) < 0)
    abort();
  abort();
}

bool lkw_isDispatch(uint64_t address) {
  return address >= dispatchStart && address < dispatchEnd;
}

// MARK: Records

/// Records that nobody uses are a list, by the words that nobody uses then.
static LKWThread *nextSpare(const LKWThread *record) {
  return (LKWThread *)record->holds[0].object;
}

/// A record for one more thread. Ended threads leave theirs, unless they held something.
static LKWThread *newRecord(void) {
  // One at a time, so that no record is taken while another thread has seen it and not got it yet.
  static atomic_flag isTaking = ATOMIC_FLAG_INIT;
  if (!atomic_flag_test_and_set(&isTaking)) {
    LKWThread *record = atomic_load(&spare);
    while (record && !atomic_compare_exchange_weak(&spare, &record, nextSpare(record))) {
    }
    atomic_flag_clear(&isTaking);
    if (record) return record;
  }
  LKWChunk *chunk = mmap(
      NULL, sizeof *chunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (chunk == MAP_FAILED) {
    lkw_table.isIncomplete = 1;
    return NULL;
  }
  for (int index = 1; index < LKW_CHUNK_THREADS; index++) {
    LKWThread *record = &chunk->threads[index];
    LKWThread *first = atomic_load(&spare);
    do record->holds[0].object = (uint64_t)first;
    while (!atomic_compare_exchange_weak(&spare, &first, record));
  }
  _Atomic uint64_t *head = (_Atomic uint64_t *)&lkw_table.firstChunk;
  uint64_t next = atomic_load(head);
  do chunk->next = next;
  while (!atomic_compare_exchange_weak(head, &next, (uint64_t)chunk));
  return &chunk->threads[0];
}

static void giveBack(LKWThread *record) {
  record->thread = 0;
  LKWThread *first = atomic_load(&spare);
  do record->holds[0].object = (uint64_t)first;
  while (!atomic_compare_exchange_weak(&spare, &first, record));
}

/// What the last destructors of all threads write to; no lock is missed among so many lost ones.
static LKWThread nobody = {.stackTop = 16, .lost = 1u << 30};

LKWThread *lkw_enroll(void) {
  if (!atomic_load(&hasEndKey)) return NULL;
  int error = errno;
  LKWThread *record = newRecord();
  if (record) {
    memset(record, 0, sizeof *record);
    record->handle = (uint64_t)pthread_self();
    record->number = atomic_fetch_add((_Atomic uint32_t *)&lkw_table.threadCount, 1) + 1;
    record->stackTop = 16;
    uint32_t thread = (uint32_t)gettid();
    if (thread == lkw_table.process) record->stackTop = mainStackTop;
    atomic_signal_fence(memory_order_seq_cst);
    record->thread = thread;
    lkw_current = record;
    pthread_setspecific(endKey, record);
  }
  errno = error;
  return record;
}

/// At a thread's end, as late as glibc has it: other libraries' destructors use locks, too.
static void end(void *argument) {
  static _Thread_local int round __attribute__((tls_model("initial-exec")));
  LKWThread *record = argument;
  if (++round < 4 && pthread_setspecific(endKey, record) == 0) return;
  // What comes now is recorded nowhere. The record itself outlives a thread that holds something.
  lkw_current = &nobody;
  if (record->depth > 0 || record->lost > 0) {
    prctl(PR_GET_NAME, record->name);
    record->hasEnded = 1;
  } else {
    giveBack(record);
  }
}

// MARK: The process

/// Maps the tool's memory by its descriptor there: nothing is inherited, and nothing stays open.
static void openRegistry(void) {
  const char *place = getenv("LOCKSTEP_WATCH");
  if (!place) return;
  int file = open(place, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  LKWRegistry *registry =
      mmap(NULL, LKW_REGISTRY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (registry != MAP_FAILED && registry->magic == LKW_MAGIC) lkw_registry = registry;
}

/// The program that the tool started ends with it, even if that is killed.
static void dieWithTool(void) {
  int tool = 0;
  const char *place = getenv("LOCKSTEP_WATCH");
  if (sscanf(place, "/proc/%d/", &tool) != 1 || tool != getppid()) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have died just before.
  if (getppid() != tool) raise(SIGKILL);
}

void lkw_register(void) {
  lkw_table.process = (uint32_t)getpid();
  if (!lkw_registry) return;
  uint32_t index = atomic_fetch_add((_Atomic uint32_t *)&lkw_registry->count, 1) % LKW_PROCESSES;
  LKWProcess *entry = (LKWProcess *)(lkw_registry + 1) + index;
  entry->table = 0;
  entry->process = lkw_table.process;
  atomic_store((_Atomic uint64_t *)&entry->table, (uint64_t)&lkw_table);
}

/// Only the thread that forked goes on in the child.
void lkw_adoptAfterFork(void) {
  lkw_register();
  for (LKWChunk *chunk = (LKWChunk *)lkw_table.firstChunk; chunk;
       chunk = (LKWChunk *)chunk->next) {
    for (int index = 0; index < LKW_CHUNK_THREADS; index++) {
      LKWThread *record = &chunk->threads[index];
      if (record->thread == 0) continue;
      if (record == lkw_current)
        record->thread = lkw_table.process;
      else
        record->stayedInParent = 1;
    }
  }
}

/// The first image is the program.
static int findProgram(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  (void)argument;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
    lkw_programStart = info->dlpi_addr + header->p_vaddr;
    lkw_programSize = header->p_memsz;
  }
  return 1;
}

static int findDispatch(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  (void)argument;
  const char *name = strrchr(info->dlpi_name, '/');
  if (!name || strcmp(name, "/libdispatch.so") != 0) return 0;
  dispatchStart = info->dlpi_addr;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    uint64_t upper = info->dlpi_addr + header->p_vaddr + header->p_memsz;
    if (header->p_type == PT_LOAD && upper > dispatchEnd) dispatchEnd = upper;
  }
  return 1;
}

/// glibc hands `main`'s arguments to constructors, too; they lie above all frames.
__attribute__((constructor)) static void start(int count, char **arguments, char **environment) {
  (void)count;
  (void)environment;
  if (!getenv("LOCKSTEP_WATCH")) return;
  mainStackTop = (uint64_t)arguments;
  dl_iterate_phdr(findProgram, NULL);
  dl_iterate_phdr(findDispatch, NULL);
  openRegistry();
  dieWithTool();
  lkw_preparePython();
  lkw_tryFastMutex();
  if (pthread_key_create(&endKey, end) == 0) atomic_store(&hasEndKey, true);
  pthread_atfork(NULL, NULL, lkw_adoptAfterFork);
  lkw_register();
}
