/// Libraries that the exploring code needs and the program does not: most of a child's cost would be to
/// copy and unmap what it never touches.
///
/// Their code and data stay out of children. What a look-up of symbols reads stays in, since it goes
/// through all libraries, whoever asks.
#include <elf.h>
#include <link.h>
#include <sys/mman.h>

#include "runtime.h"

#define LKS_MAXIMUM_LIBRARIES 128
#define LKS_MAXIMUM_RANGES (LKS_MAXIMUM_LIBRARIES * 8)

typedef struct LKSLibrary {
  uintptr_t base;
  const ElfW(Phdr) *headers;
  size_t headerCount;
  const ElfW(Dyn) *dynamic;
  const char *strings;
  const char *name;
  bool isNeeded;
} LKSLibrary;

static LKSLibrary loaded[LKS_MAXIMUM_LIBRARIES];
static size_t loadedCount;
static LKSRange leftOut[LKS_MAXIMUM_RANGES];
static size_t leftOutCount;

/// An address in a dynamic section, which the dynamic linker has relocated or not.
static uintptr_t addressIn(const LKSLibrary *library, uintptr_t pointer) {
  return pointer < library->base ? library->base + pointer : pointer;
}

static int noteLibrary(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  if (loadedCount == LKS_MAXIMUM_LIBRARIES) return 1;
  LKSLibrary *library = &loaded[loadedCount];
  *library = (LKSLibrary){
      .base = info->dlpi_addr, .headers = info->dlpi_phdr, .headerCount = info->dlpi_phnum};
  for (size_t index = 0; index < library->headerCount; index++)
    if (library->headers[index].p_type == PT_DYNAMIC)
      library->dynamic =
          (const ElfW(Dyn) *)(info->dlpi_addr + library->headers[index].p_vaddr);
  if (!library->dynamic) return 0;
  uintptr_t name = 0;
  for (const ElfW(Dyn) *entry = library->dynamic; entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_STRTAB)
      library->strings = (const char *)addressIn(library, entry->d_un.d_ptr);
    if (entry->d_tag == DT_SONAME) name = entry->d_un.d_val;
  }
  if (!library->strings) return 0;
  const char *slash = info->dlpi_name ? strrchr(info->dlpi_name, '/') : NULL;
  library->name = name ? library->strings + name : slash ? slash + 1 : info->dlpi_name;
  loadedCount++;
  return 0;
}

static bool contains(const LKSLibrary *library, uintptr_t address) {
  for (size_t index = 0; index < library->headerCount; index++) {
    const ElfW(Phdr) *header = &library->headers[index];
    if (header->p_type == PT_LOAD &&
        address - (library->base + header->p_vaddr) < header->p_memsz)
      return true;
  }
  return false;
}

/// Marks what a library needs, and what that needs, but for what only the runtime's own needs.
static void markNeeds(const LKSLibrary *library) {
  for (const ElfW(Dyn) *entry = library->dynamic; entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag != DT_NEEDED) continue;
    const char *name = library->strings + entry->d_un.d_val;
    for (size_t index = 0; index < loadedCount; index++) {
      LKSLibrary *other = &loaded[index];
      if (other->isNeeded || !other->name || strcmp(other->name, name) != 0) continue;
      other->isNeeded = true;
      if (!contains(other, (uintptr_t)markNeeds)) markNeeds(other);
    }
  }
}

/// What the runtime calls for itself.
static bool isAlwaysNeeded(const char *name) {
  static const char *const names[] = {"libc.so", "libm.so", "libgcc_s", "ld-linux", "linux-vdso",
                                      "libpthread", "libdl", "librt"};
  for (size_t index = 0; name && index < sizeof names / sizeof *names; index++)
    if (strncmp(name, names[index], strlen(names[index])) == 0) return true;
  return false;
}

#define LKS_PAGE 4096ul

static uintptr_t pageOf(uintptr_t address) { return address & ~(LKS_PAGE - 1); }
static uintptr_t pageAfter(uintptr_t address) { return pageOf(address + LKS_PAGE - 1); }

static void leaveOut(uintptr_t start, uintptr_t end) {
  if (start >= end || leftOutCount == LKS_MAXIMUM_RANGES) return;
  leftOut[leftOutCount++] = (LKSRange){start, end - start};
}

/// Where what a look-up reads at the beginning of a library ends.
static uintptr_t endOfSymbols(const LKSLibrary *library) {
  uintptr_t end = library->base, symbols = 0, strings = 0, size = 0;
  for (const ElfW(Dyn) *entry = library->dynamic; entry->d_tag != DT_NULL; entry++) {
    uintptr_t address = addressIn(library, entry->d_un.d_ptr);
    switch (entry->d_tag) {
    case DT_SYMTAB: symbols = address; break;
    case DT_STRTAB: strings = address; break;
    case DT_STRSZ: size = entry->d_un.d_val; break;
    // Whatever the linker's order, these are followed by the tables that relocate the library.
    case DT_RELA:
    case DT_JMPREL:
      if (address > end) end = address;
      break;
    default: break;
    }
  }
  if (strings + size > end) end = strings + size;
  return symbols > end ? symbols : end;
}

static void leaveOutLibrary(const LKSLibrary *library) {
  uintptr_t symbols = pageAfter(endOfSymbols(library));
  uintptr_t dynamic = pageOf((uintptr_t)library->dynamic), afterDynamic = 0;
  for (size_t index = 0; index < library->headerCount; index++)
    if (library->headers[index].p_type == PT_DYNAMIC)
      afterDynamic =
          pageAfter((uintptr_t)library->dynamic + library->headers[index].p_memsz);
  uintptr_t former = 0;
  for (size_t index = 0; index < library->headerCount; index++) {
    const ElfW(Phdr) *header = &library->headers[index];
    if (header->p_type != PT_LOAD) continue;
    uintptr_t start = pageOf(library->base + header->p_vaddr);
    uintptr_t end = pageAfter(library->base + header->p_vaddr + header->p_memsz);
    // What lies between two segments, too.
    if (former && former < start) leaveOut(former, start);
    former = end;
    if (start < symbols) start = symbols;
    if (dynamic >= start && dynamic < end) {
      leaveOut(start, dynamic);
      start = afterDynamic;
    }
    leaveOut(start, end);
  }
}

/// Whether the program needs Swift's library, as everything in whose process the runtime is linked does.
static bool needsSwift = true;

bool lks_needsSwift(void) { return needsSwift; }

bool lks_findUnneededLibraries(void) {
  loadedCount = leftOutCount = 0;
  dl_iterate_phdr(noteLibrary, NULL);
  // The first is the executable.
  if (!loadedCount) return false;
  loaded[0].isNeeded = true;
  markNeeds(&loaded[0]);
  // Swift's runtime looks for conformances in all libraries that have any.
  for (size_t index = 1; index < loadedCount; index++)
    if (loaded[index].isNeeded && strcmp(loaded[index].name, "libswiftCore.so") == 0) return true;
  needsSwift = false;
  for (size_t index = 1; index < loadedCount; index++) {
    LKSLibrary *library = &loaded[index];
    bool isOurs = contains(library, (uintptr_t)markNeeds);
    if (!library->isNeeded && !isOurs && !isAlwaysNeeded(library->name))
      leaveOutLibrary(library);
  }
  return false;
}

bool lks_hasInChildren(uintptr_t address) {
  for (size_t index = 0; index < leftOutCount; index++)
    if (address - leftOut[index].start < leftOut[index].size) return false;
  return true;
}

void lks_leaveOutLibraries(bool areLeftOut) {
  for (size_t index = 0; index < leftOutCount; index++)
    madvise((void *)leftOut[index].start, leftOut[index].size,
            areLeftOut ? MADV_DONTFORK : MADV_DOFORK);
}
