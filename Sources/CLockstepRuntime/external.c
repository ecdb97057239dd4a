/// Formal accesses that Swift opens before it reads or writes (`__tsan_external_write`).
///
/// If what happens inside is instrumented, the access is no step of its own. If it happens in a
/// library (`s += "x"`, `append`), nothing else is seen of it: it stands for a read and a write of
/// the variable. Which of the two a place in the code is, is learned, and only ever goes one way.
#include "runtime.h"

/// How far behind the opening call an instrumented access of the same statement may lie.
#define LKS_STATEMENT 512

/// Whether a call to something other than this runtime may lie between two places in the code.
///
/// Looks for the opcode of a near call whose target lies within two gigabytes of plausible code; a
/// false alarm only makes a step more.
static bool mayCallBetween(uintptr_t from, uintptr_t to) {
#if defined(__x86_64__)
  for (const uint8_t *byte = (const uint8_t *)from; byte + 5 <= (const uint8_t *)to; byte++) {
    if (*byte != 0xe8) continue;
    int32_t distance;
    memcpy(&distance, byte + 1, sizeof distance);
    if (distance > -(64 << 20) && distance < 64 << 20) return true;
  }
  return false;
#else
  (void)from, (void)to;
  return true;
#endif
}

/// The first sixteen bytes at an address, without reading on into the next page.
static void takeSnapshot(uint64_t snapshot[2], uintptr_t address) {
  size_t inPage = 4096 - (address & 4095);
  snapshot[0] = snapshot[1] = 0;
  memcpy(snapshot, (const void *)address, inPage < 16 ? inPage : 16);
}

static void openedOpaque(LKSThread *thread, uintptr_t site) {
  LKSSite *entry = lks_tableFind(&thread->exploration->sites, site, true);
  if (!entry) lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
  entry->isOpaque = true;
  thread->exploration->grew = true;
}

void lks_settleExternal(
    LKSThread *thread, uintptr_t address, uint32_t size, bool isAccess, uintptr_t programCounter) {
  uintptr_t opened = thread->externalAddress;
  if (!opened) return;
  thread->externalAddress = 0;
  uintptr_t site = thread->externalSite;
  bool isSameMemory = isAccess && address < opened + 16 && opened < address + size;
  uint64_t now[2];
  takeSnapshot(now, opened);
  bool isUntouched = memcmp(now, thread->externalSnapshot, sizeof now) == 0;
  bool isInside = false;
  if (isSameMemory && isUntouched) {
    if (thread->depth == thread->externalDepth)
      isInside = programCounter > site && programCounter - site < LKS_STATEMENT &&
                 !mayCallBetween(site, programCounter - 5);
    else
      // A `modify` accessor opened it and handed the memory to its caller.
      isInside = thread->depth < thread->externalDepth;
  }
  if (!isInside) openedOpaque(thread, site);
}

void __tsan_external_write(void *address, void *caller, void *tag) {
  (void)caller, (void)tag;
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  uintptr_t site = LKS_CALLER;
  lks_settleExternal(thread, 0, 0, false, site);
  LKSSite *entry = lks_tableFind(&thread->exploration->sites, site, false);
  if (entry && entry->isOpaque) {
    // One byte stands for the variable, whatever its size: every access to it begins there.
    lks_access(thread, (uintptr_t)address, 1, LKS_OPAQUE_READ_WRITE, site);
    return;
  }
  thread->externalAddress = (uintptr_t)address;
  thread->externalSite = site;
  thread->externalDepth = thread->depth;
  takeSnapshot(thread->externalSnapshot, (uintptr_t)address);
}

void __tsan_external_read(void *address, void *caller, void *tag) {
  (void)caller, (void)tag;
  LKSThread *thread = lks_controlled();
  if (thread) lks_access(thread, (uintptr_t)address, 1, LKS_READ, LKS_CALLER);
}

void *__tsan_external_register_tag(const char *type) { return (void *)(uintptr_t)type; }
void __tsan_external_register_header(void *tag, const char *header) { (void)tag, (void)header; }
void __tsan_external_assign_tag(void *address, void *tag) { (void)address, (void)tag; }

extern void swift_endAccess(void *buffer);

/// The end of an access that Swift checks for exclusivity: what happened in it has happened.
void swift_endAccess(void *buffer) {
  LKSThread *thread = lks_controlled();
  if (thread && LKS_UNLIKELY(thread->externalAddress))
    lks_settleExternal(thread, 0, 0, false, LKS_CALLER);
  LKS_REAL(swift_endAccess)(buffer);
}
