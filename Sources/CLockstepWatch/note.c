/// Last words: what a library is about to end the process for, while its threads are still there.
#include <errno.h>
#include <execinfo.h>
#include <linux/futex.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

static bool addFrame(LKWNoteThread *thread, uint64_t address) {
  Dl_info info;
  struct link_map *image;
  if (thread->frameCount >= LKW_NOTE_FRAMES ||
      !dladdr1((void *)address, &info, (void **)&image, RTLD_DL_LINKMAP) || !info.dli_fname)
    return false;
  LKWNoteFrame *frame = &thread->frames[thread->frameCount];
  // The program itself has no name among the images.
  const char *name = image->l_name[0] ? image->l_name : "/proc/self/exe";
  char path[sizeof frame->image];
  ssize_t length = image->l_name[0] ? -1 : readlink(name, path, sizeof path - 1);
  if (length > 0) path[length] = 0;
  snprintf(frame->image, sizeof frame->image, "%s", length > 0 ? path : info.dli_fname);
  frame->offset = address - image->l_addr;
  thread->frameCount++;
  return true;
}

/// The current thread: it can be asked for its own stack, our own frames first.
static void addSelf(LKWNote *note, LKWThread *self, uint64_t object) {
  void *addresses[LKW_NOTE_FRAMES + 8];
  Dl_info ours, info;
  LKWNoteThread *thread = &note->threads[note->threadCount++];
  *thread = (LKWNoteThread){.thread = self->thread, .object = object};
  int count = backtrace(addresses, LKW_NOTE_FRAMES + 8);
  bool isKnown = dladdr((void *)addSelf, &ours) != 0;
  for (int index = 0; index < count; index++) {
    if (isKnown && dladdr(addresses[index], &info) && info.dli_fbase == ours.dli_fbase) continue;
    if (!addFrame(thread, (uint64_t)addresses[index])) break;
  }
}

/// A thread that sleeps in our function for as long as this one does not let go: its stack stays.
static void addSleeper(LKWNote *note, const LKWThread *sleeper) {
  LKWNoteThread *thread = &note->threads[note->threadCount++];
  *thread = (LKWNoteThread){.thread = sleeper->thread, .object = sleeper->object & ~7ull};
  uint64_t low = 0, at = sleeper->frame;
  while (at > low && at <= sleeper->stackTop - 16 && at % 8 == 0 &&
         addFrame(thread, ((uint64_t *)at)[1])) {
    low = at;
    at = ((uint64_t *)at)[0];
  }
}

static LKWNote *begin(uint32_t kind, const char *label) {
  static atomic_flag isTaken = ATOMIC_FLAG_INIT;
  if (!lkw_registry || atomic_flag_test_and_set(&isTaken)) return NULL;
  LKWNote *note = &lkw_registry->note;
  note->kind = kind;
  note->threadCount = 0;
  snprintf(note->queue, sizeof note->queue, "%s", label ? label : "");
  return note;
}

static void finish(LKWNote *note) {
  atomic_store((_Atomic uint32_t *)&note->process, (uint32_t)getpid());
}

void lkw_noteOwnQueue(LKWThread *self, const char *label, const void *queue) {
  LKWNote *note = begin(LKW_NOTE_OWN_QUEUE, label);
  if (!note) return;
  addSelf(note, self, (uint64_t)queue);
  finish(note);
}

static LKWThread *find(uint32_t thread) {
  for (LKWChunk *chunk = (LKWChunk *)lkw_table.firstChunk; chunk;
       chunk = (LKWChunk *)chunk->next) {
    for (int index = 0; index < LKW_CHUNK_THREADS; index++) {
      LKWThread *record = &chunk->threads[index];
      if (record->thread == thread && !record->hasEnded && !record->stayedInParent) return record;
    }
  }
  return NULL;
}

void lkw_noteMutexCycle(LKWThread *self, const uint32_t *word) {
  int error = errno;
  LKWNote *note = begin(LKW_NOTE_MUTEX_CYCLE, NULL);
  if (!note) return;
  addSelf(note, self, (uint64_t)word);
  // From owner to owner, each of which sleeps for the next one's lock, back to this thread.
  uint32_t owner = *(volatile const uint32_t *)word & FUTEX_TID_MASK;
  while (owner != self->thread && note->threadCount < LKW_NOTE_THREADS) {
    LKWThread *record = find(owner);
    if (!record || (record->object & LKW_KIND_MASK) != LKW_FUTEX) break;
    addSleeper(note, record);
    // The kind took the low bits; the word is one of the two there.
    const volatile uint32_t *words = (const uint32_t *)(record->object & ~7ull);
    uint32_t next = words[0] & FUTEX_TID_MASK;
    owner = find(next) ? next : words[1] & FUTEX_TID_MASK;
  }
  finish(note);
  errno = error;
}
