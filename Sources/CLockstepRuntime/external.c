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
static bool findCallBetween(uintptr_t from, uintptr_t to) {
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

static bool mayCallBetween(LKSExploration *exploration, uintptr_t from, uintptr_t to) {
  LKSStretch *known =
      &exploration->formalCode.stretches[(from ^ to << 2) % LKS_REMEMBERED_STRETCHES];
  if (LKS_UNLIKELY(known->from != from || known->to != to))
    *known = (LKSStretch){from, to, findCallBetween(from, to)};
  return known->mayCall;
}

/// The first sixteen bytes at an address, without reading on into the next page.
static void takeSnapshot(uint64_t snapshot[2], uintptr_t address) {
  size_t inPage = 4096 - (address & 4095);
  if (LKS_LIKELY(inPage >= 16)) {
    memcpy(snapshot, (const void *)address, 16);
    return;
  }
  snapshot[0] = snapshot[1] = 0;
  memcpy(snapshot, (const void *)address, inPage);
}

static _Atomic(LKSExtentFinder) extentFinder;

void lks_setExtentFinder(LKSExtentFinder finder) { atomic_store(&extentFinder, finder); }

/// The bytes of the variable at an address; one, where they cannot be told: every access to the whole
/// of it begins there.
static uint32_t extentOf(LKSThread *thread, uintptr_t address) {
  LKSExtentFinder find = atomic_load(&extentFinder);
  if (!find) return 1;
  uintptr_t block = 0;
  size_t size = 0;
  lks_heapBlock(thread->exploration, address, &block, &size);
  thread->inRuntime++;
  uint32_t extent = find(address, block, size);
  thread->inRuntime--;
  return extent ? extent : 1;
}

static uintptr_t *clearSite(LKSExploration *exploration, uintptr_t site) {
  return &exploration->formalCode.clearSites[site % LKS_REMEMBERED_SITES];
}

/// What is known of a place where a formal access is opened, if it is opaque.
static const LKSSite *opaqueSite(LKSExploration *exploration, uintptr_t site) {
  uintptr_t *clear = clearSite(exploration, site);
  if (LKS_LIKELY(*clear == site)) return NULL;
  const LKSSite *entry = lks_tableFind(&exploration->sites, site, false);
  if (entry && entry->isOpaque) return entry;
  *clear = site;
  return NULL;
}

/// A place in the code turned out to access memory by code that is not instrumented.
static void openedOpaque(LKSThread *thread, uintptr_t site, uintptr_t address) {
  // What else it wrote to is part of no state that rounds.c compares.
  thread->exploration->rounds.count = 0;
  if (!lks_learns(thread->exploration)) return;
  LKSSite *entry = lks_tableFind(&thread->exploration->sites, site, true);
  if (!entry) lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
  entry->isOpaque = true;
  *clearSite(thread->exploration, site) = 0;
  entry->extent = extentOf(thread, address);
}

static void settleFormer(LKSThread *thread) {
  uintptr_t address = thread->externalFormer.address;
  if (LKS_LIKELY(!address)) return;
  thread->externalFormer.address = 0;
  openedOpaque(thread, thread->externalFormer.site, address);
}

/// Whether nothing that is not instrumented can have come between what was met last in the formal
/// access that is open, and a place in the code.
static bool followsDirectly(const LKSThread *thread, uintptr_t programCounter) {
  uintptr_t from = thread->externalFrom;
  return thread->depth == thread->externalDepth && programCounter > from &&
         programCounter - from < LKS_STATEMENT &&
         !mayCallBetween(thread->exploration, from, programCounter - 5);
}

/// Whether an instrumented access belongs to the formal access that is open.
static bool isInside(
    const LKSThread *thread, uintptr_t address, uint32_t size, uintptr_t programCounter) {
  uintptr_t opened = thread->externalAddress;
  if (address >= opened + 16 || opened >= address + size) return false;
  uint64_t now[2];
  takeSnapshot(now, opened);
  if (now[0] != thread->externalSnapshot[0] || now[1] != thread->externalSnapshot[1]) return false;
  // A `modify` accessor opened it and handed the memory to its caller, and will close it.
  if (thread->depth != thread->externalDepth)
    return thread->externalIsChecked && thread->depth < thread->externalDepth;
  return followsDirectly(thread, programCounter);
}

void lks_meetAccess(
    LKSThread *thread, uintptr_t address, uint32_t size, bool writes, uintptr_t programCounter) {
  if (!isInside(thread, address, size, programCounter)) {
    // A function that was suspended looks up in between where its variables are.
    if (followsDirectly(thread, programCounter))
      thread->externalFrom = programCounter;
    else
      lks_settleExternal(thread);
    return;
  }
  if (thread->externalWrites && !writes) {
    // Its write is still to come; what only reads at first may go on in a library.
    thread->externalRead = thread->externalFrom = programCounter;
    return;
  }
  thread->externalAddress = 0;
  thread->externalOuterCount = 0;
  settleFormer(thread);
}

void lks_resumeExternal(LKSThread *thread) {
  takeSnapshot(thread->externalSnapshot, thread->externalAddress);
}

void lks_settleExternal(LKSThread *thread) {
  uintptr_t opened = thread->externalAddress;
  if (!opened) return;
  thread->externalAddress = 0;
  openedOpaque(thread, thread->externalSite, opened);
  // Whatever happened may have happened to any of the accesses around it.
  while (thread->externalOuterCount) {
    const LKSOuterAccess *outer = &thread->externalOuter[--thread->externalOuterCount];
    openedOpaque(thread, outer->site, outer->address);
  }
  settleFormer(thread);
}

void lks_settleBefore(LKSThread *thread, uintptr_t object, uintptr_t other) {
  uintptr_t opened = thread->externalAddress, former = thread->externalFormer.address;
  if (LKS_LIKELY(!opened)) return;
  if (opened != object && opened != other) {
    lks_settleExternal(thread);
    return;
  }
  thread->externalAddress = 0;
  thread->externalOuterCount = 0;
  if (former == object || former == other) thread->externalFormer.address = 0;
  settleFormer(thread);
}

/// What is open stays so while another access is opened: both may be what a call is about.
static void leaveOpen(LKSThread *thread) {
  LKSOuterAccess former = {thread->externalAddress, thread->externalSite};
  if (!former.address || thread->externalOuterCount) {
    lks_settleExternal(thread);
    return;
  }
  settleFormer(thread);
  thread->externalAddress = 0;
  thread->externalFormer = former;
}

/// Whether an access opens a part of the one that is open, with nothing done in between.
static bool isPart(const LKSThread *thread, uintptr_t address, uintptr_t site) {
  return thread->externalAddress && address >= thread->externalAddress &&
         !thread->externalIsChecked && !thread->externalRead &&
         thread->depth == thread->externalDepth &&
         thread->externalOuterCount < LKS_OUTER_ACCESSES && site > thread->externalSite &&
         site - thread->externalSite < LKS_STATEMENT &&
         !mayCallBetween(thread->exploration, thread->externalSite, site - 5);
}

/// Opens a formal access: a step now, if what it does is known not to be seen otherwise.
static void openAccess(
    LKSThread *thread, uintptr_t address, bool writes, bool isChecked, uintptr_t site) {
  // One access may be opened twice, for exclusivity and for the instrumentation.
  if (thread->externalAddress == address && thread->externalIsChecked) {
    thread->externalAddress = 0;
    isChecked = true;
  }
  if (LKS_UNLIKELY(thread->externalFormer.address == address)) thread->externalFormer.address = 0;
  if (isPart(thread, address, site)) {
    thread->externalOuter[thread->externalOuterCount++] =
        (LKSOuterAccess){thread->externalAddress, thread->externalSite};
    thread->externalAddress = 0;
  } else {
    leaveOpen(thread);
  }
  const LKSSite *entry = opaqueSite(thread->exploration, site);
  if (LKS_UNLIKELY(entry)) {
    thread->externalOuterCount = 0;
    settleFormer(thread);
    if (writes) thread->exploration->rounds.count = 0;
    lks_access(thread, address, entry->extent, writes ? LKS_OPAQUE_READ_WRITE : LKS_READ, site);
    return;
  }
  thread->externalAddress = address;
  thread->externalIsChecked = isChecked;
  thread->externalWrites = writes;
  thread->externalRead = 0;
  thread->externalSite = thread->externalFrom = site;
  thread->externalDepth = thread->depth;
  takeSnapshot(thread->externalSnapshot, address);
}

void __tsan_external_write(void *address, void *caller, void *tag) {
  (void)caller, (void)tag;
  LKSThread *thread = lks_observed();
  if (thread) openAccess(thread, (uintptr_t)address, true, false, LKS_CALLER);
}

void __tsan_external_read(void *address, void *caller, void *tag) {
  (void)caller, (void)tag;
  LKSThread *thread = lks_observed();
  if (thread) lks_access(thread, (uintptr_t)address, 1, LKS_READ, LKS_CALLER);
}

void *__tsan_external_register_tag(const char *type) { return (void *)(uintptr_t)type; }
void __tsan_external_register_header(void *tag, const char *header) { (void)tag, (void)header; }
void __tsan_external_assign_tag(void *address, void *tag) { (void)address, (void)tag; }

extern void swift_beginAccess(void *address, void *buffer, uintptr_t flags, void *caller);
extern void swift_endAccess(void *buffer);

/// Accesses that Swift checks for exclusivity: properties of classes, globals, captured variables.
/// Existentials, generic values and large structs are then copied by code that the compiler does not
/// instrument.
void swift_beginAccess(void *address, void *buffer, uintptr_t flags, void *caller) {
  // include/swift/ABI/MetadataValues.h: ExclusivityFlags.
  enum { LKS_ACTION = 1, LKS_TRACKED = 0x20 };
  LKSThread *thread = lks_observed();
  if (thread && !lks_isLibraryCaller(thread->exploration, LKS_CALLER))
    openAccess(
        thread, (uintptr_t)address, flags & LKS_ACTION, flags & LKS_TRACKED, LKS_CALLER);
  LKS_REAL(swift_beginAccess)(address, buffer, flags, caller);
}

/// The end of an access that Swift checks for exclusivity: what happened in it has happened.
void swift_endAccess(void *buffer) {
  LKSThread *thread = lks_observed();
  if (thread && LKS_UNLIKELY(thread->externalAddress))
    lks_settleExternal(thread);
  LKS_REAL(swift_endAccess)(buffer);
}
