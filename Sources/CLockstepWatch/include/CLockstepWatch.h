/// What the library inside a watched program records, for `lockstep run` to read from outside.
///
/// Each thread writes to a record of its own, with plain stores and without locks; nobody reads them
/// in the program. The tool copies them by process_vm_readv(2), and believes what a record says of a
/// thread only while the kernel says that the thread sleeps.
#ifndef CLOCKSTEP_WATCH_H
#define CLOCKSTEP_WATCH_H

#include <stdint.h>

#include "ToolSupport.h"

/// Tells a table of another version of the library apart.
#define LKW_MAGIC 0x4c4b572d30303034ull

/// Locks that one thread can hold at a time before some are only counted.
#define LKW_HOLDS 29
/// Return addresses that are kept of where a lock was taken.
#define LKW_CALLERS 3
/// Records that are allocated at once.
#define LKW_CHUNK_THREADS 32
/// Objects that are known to be handed from thread to thread, and so are no locks.
#define LKW_HANDED_OVER 4096
/// Processes that the registry has room for; the oldest entry goes first.
#define LKW_PROCESSES 1024
/// Return addresses and their images in a note.
#define LKW_NOTE_FRAMES 8
#define LKW_NOTE_THREADS 6

/// What an object is; in the low bits of its address, which are zero.
enum {
  LKW_MUTEX = 0,
  LKW_READING = 1,
  LKW_WRITING = 2,
  LKW_SEMAPHORE = 3,
  LKW_CONDITION = 4,
  LKW_JOIN = 5,
  LKW_FUTEX = 6,
  LKW_DISPATCH_QUEUE = 7,
  LKW_KIND_MASK = 7,
};

/// A lock that the thread has taken and not given back.
typedef struct LKWHold {
  /// Address and kind.
  uint64_t object;
  /// Return addresses, the innermost first; 0 where not known. Of a semaphore taken by CPython, where
  /// `pythonVersion` says so: a return address, the code object, and the instruction in it.
  uint64_t callers[LKW_CALLERS];
} LKWHold;

/// Of whole cache lines, so that no two threads share one: mapped memory begins with a page.
typedef struct LKWThread {
  /// Address and kind of what the thread went to last. It may have got it since: the tool asks the
  /// kernel where the thread sleeps.
  uint64_t object;
  /// Frame of our function that the thread called: there are its caller's frame and return address.
  uint64_t frame;
  /// A call that may wait within itself for what only it knows, such as `dispatch_sync`; 0 outside.
  uint64_t outerObject;
  uint64_t outerFrame;
  /// Locks held, those beyond the room for them not included.
  uint32_t depth;
  /// Locks held that found no room.
  uint32_t lost;
  /// Kernel's thread id; 0 while nobody uses the record.
  uint32_t thread;
  /// The order in which the threads were first seen, from 1.
  uint32_t number;
  /// `pthread_self()`.
  uint64_t handle;
  /// The function given to `pthread_create`; 0 for the main thread.
  uint64_t start;
  /// Where the stack begins; no frame lies above.
  uint64_t stackTop;
  /// 1 when the thread came to its end and still held something.
  uint32_t hasEnded;
  /// 1 in a forked child for the threads that stayed in its parent.
  uint32_t stayedInParent;
  /// The name at the thread's end.
  char name[16];
  LKWHold holds[LKW_HOLDS];
} LKWThread;

typedef struct LKWChunk {
  /// Address of the next chunk, 0 at the end.
  uint64_t next;
  uint64_t reserved[7];
  LKWThread threads[LKW_CHUNK_THREADS];
} LKWChunk;

/// All that is known in one process.
typedef struct LKWTable {
  uint64_t magic;
  uint32_t process;
  /// The signal that makes the process write down its Python stacks, 0 if it has none.
  uint32_t pythonSignal;
  uint64_t firstChunk;
  /// 1 when there was no memory for a record, or no room among the objects handed over.
  uint32_t isIncomplete;
  uint32_t threadCount;
  /// 1 once the program asked libdispatch for a timer or for events from outside.
  uint32_t usesDispatchEvents;
  /// `Py_Version` without its micro version, where frames of Python can be noted; else 0.
  uint32_t pythonVersion;
  /// Address of `LKW_HANDED_OVER` words: semaphores posted by others than their takers, and mutexes
  /// unlocked by others than their owners; 0 and 1 are no objects.
  uint64_t handedOver;
} LKWTable;

/// A return address as an offset in its image, which outlives the process.
typedef struct LKWNoteFrame {
  uint64_t offset;
  char image[248];
} LKWNoteFrame;

typedef struct LKWNoteThread {
  uint32_t thread;
  uint32_t frameCount;
  /// What the thread waits for.
  uint64_t object;
  LKWNoteFrame frames[LKW_NOTE_FRAMES];
} LKWNoteThread;

enum { LKW_NOTE_OWN_QUEUE = 1, LKW_NOTE_MUTEX_CYCLE = 2 };

/// What was done last before a library ended the process for it.
typedef struct LKWNote {
  /// Written last.
  uint32_t process;
  uint32_t kind;
  uint32_t threadCount;
  uint32_t reserved;
  char queue[128];
  LKWNoteThread threads[LKW_NOTE_THREADS];
} LKWNote;

typedef struct LKWProcess {
  uint32_t process;
  uint32_t reserved;
  /// Address of the process's `LKWTable`; written last.
  uint64_t table;
} LKWProcess;

/// The tool's memory that watched processes map: they say in it where their tables are. An array of
/// `LKW_PROCESSES` entries follows it.
typedef struct LKWRegistry {
  uint64_t magic;
  /// Processes that ever registered; their entries go round.
  uint32_t count;
  uint32_t reserved;
  LKWNote note;
} LKWRegistry;

#define LKW_REGISTRY_SIZE (sizeof(LKWRegistry) + LKW_PROCESSES * sizeof(LKWProcess))

#endif
