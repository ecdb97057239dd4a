/// Calls that a program in C or C++ makes to libraries whose code is not instrumented. What they change is
/// part of no state that is compared: a loop that makes one may come to an end by it.
///
/// The linker has such calls go through a table of addresses, in which each gets a stub of ours. What the
/// runtime stands in for is not among them, nor what is known to change nothing that it does not see.
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "outgoing.h"
#include "runtime.h"

_Static_assert(
    offsetof(LKSThread, unseenChanges) == LKS_UNSEEN_OFFSET, "the assembler counts on it");

void *lks_outgoingTargets[LKS_MAXIMUM_OUTGOING];
static uint32_t outgoingCount;

#if defined(__x86_64__)
#define LKS_OUTGOING_STUB_SIZE 16
extern const uint8_t lks_outgoingStubs[] __attribute__((visibility("hidden")));

/// Functions that change nothing, or nothing but by calls that the runtime sees, by how they begin.
static const char *const harmless[] = {
    // What the compiler makes calls to.
    "__stack_chk_fail", "__cxa_begin_catch", "__cxa_end_catch", "_Unwind_Resume", "__gxx_personality",
    "__assert_fail", "__tls_get_addr",
    // Texts, numbers, threads.
    "strspn", "strcspn", "strpbrk", "strcasecmp", "strncasecmp", "abs", "labs", "ato", "isatty",
    "pthread_self", "pthread_equal", "pthread_attr_", "pthread_mutexattr_", "pthread_condattr_",
    "sched_getcpu", "getpagesize", "sysconf",
    // C++ allocates, waits, looks at the clock and throws by what is seen.
    "_Znw", "_Zna", "_Zdl", "_Zda", "_ZNSt6chrono", "_ZNSt6thread", "_ZNSt18condition_variable",
    "_ZSt9terminatev", "_ZSt20__throw_", "_ZSt17__throw_", "_ZNSt15__exception_ptr",
    "_ZNSt28__atomic_futex",
};

static bool isHarmless(const char *name) {
  for (size_t index = 0; index < sizeof harmless / sizeof *harmless; index++)
    if (strncmp(name, harmless[index], strlen(harmless[index])) == 0) return true;
  return false;
}

/// What the table of a module consists of (ELF, chapter 5: dynamic section).
typedef struct Linkage {
  uintptr_t base;
  const ElfW(Rela) *entries;
  size_t count;
  const ElfW(Sym) *symbols;
  const char *strings;
  /// What the dynamic linker made read-only, when all was resolved.
  uintptr_t protectedStart, protectedEnd;
} Linkage;

static bool readLinkage(const struct dl_phdr_info *info, Linkage *linkage) {
  *linkage = (Linkage){.base = info->dlpi_addr};
  const ElfW(Dyn) *dynamic = NULL;
  for (size_t index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_DYNAMIC) dynamic = (const ElfW(Dyn) *)start;
    if (header->p_type == PT_GNU_RELRO) {
      linkage->protectedStart = start;
      linkage->protectedEnd = start + header->p_memsz;
    }
  }
  for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
    uintptr_t value = dynamic->d_un.d_ptr;
    if (value < linkage->base) value += linkage->base;
    if (dynamic->d_tag == DT_JMPREL) linkage->entries = (const ElfW(Rela) *)value;
    if (dynamic->d_tag == DT_SYMTAB) linkage->symbols = (const ElfW(Sym) *)value;
    if (dynamic->d_tag == DT_STRTAB) linkage->strings = (const char *)value;
    if (dynamic->d_tag == DT_PLTRELSZ)
      linkage->count = dynamic->d_un.d_val / sizeof *linkage->entries;
  }
  return linkage->entries && linkage->symbols && linkage->strings;
}

/// Whether a function is the runtime's, or in the executable itself.
static bool isSeen(const void *function, const Linkage *linkage) {
  Dl_info own, executable, other;
  if (!dladdr((void *)(uintptr_t)isSeen, &own) || !dladdr(linkage->strings, &executable) ||
      !dladdr(function, &other))
    return false;
  return other.dli_fbase == own.dli_fbase || other.dli_fbase == executable.dli_fbase;
}

static void replace(const Linkage *linkage, void **place, void *value) {
  uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE), page = (uintptr_t)place & ~(size - 1);
  bool isProtected =
      (uintptr_t)place >= linkage->protectedStart && (uintptr_t)place < linkage->protectedEnd;
  if (isProtected && mprotect((void *)page, size, PROT_READ | PROT_WRITE) != 0) return;
  *place = value;
  if (isProtected) mprotect((void *)page, size, PROT_READ);
}

static void notice(
    LKSExploration *exploration, const Linkage *linkage, const ElfW(Rela) *entry) {
  if (ELF64_R_TYPE(entry->r_info) != R_X86_64_JUMP_SLOT) return;
  const char *name =
      linkage->strings + linkage->symbols[ELF64_R_SYM(entry->r_info)].st_name;
  if (isHarmless(name)) return;
  // A call that was not made yet may not be resolved.
  void *target = dlsym(RTLD_DEFAULT, name);
  if (!target || isSeen(target, linkage)) return;
  if (outgoingCount == LKS_MAXIMUM_OUTGOING) {
    lks_uncontrolled(exploration, "calls of more functions of libraries than can be noticed");
    return;
  }
  lks_outgoingTargets[outgoingCount] = target;
  replace(linkage, (void **)(linkage->base + entry->r_offset),
          (void *)(uintptr_t)(lks_outgoingStubs + outgoingCount * LKS_OUTGOING_STUB_SIZE));
  outgoingCount++;
}

/// The executable comes first; what other modules call is called on its behalf.
static int noticeModule(struct dl_phdr_info *info, size_t size, void *exploration) {
  (void)size;
  Linkage linkage;
  if (!readLinkage(info, &linkage)) return 1;
  for (size_t index = 0; index < linkage.count; index++)
    notice(exploration, &linkage, &linkage.entries[index]);
  return 1;
}

void lks_noticeOutgoing(LKSExploration *exploration) { dl_iterate_phdr(noticeModule, exploration); }
#else
void lks_noticeOutgoing(LKSExploration *exploration) { (void)exploration; }
#endif
