/// Local symbols of libraries: what `dladdr` does not know. Some public lock types are entered
/// through protocol witnesses, which are not exported, and which the linker merges.
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime.h"

/// A library's file, mapped for good once somebody asked for it.
typedef struct LKSImageFile {
  uintptr_t base;
  const Elf64_Sym *symbols;
  size_t symbolCount;
  const char *names;
} LKSImageFile;

#define LKS_MAXIMUM_IMAGES 32
static LKSImageFile images[LKS_MAXIMUM_IMAGES];
static size_t imageCount;
static pthread_mutex_t imagesLock = PTHREAD_MUTEX_INITIALIZER;

static const uint8_t *mapFile(const char *path, size_t *size) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return NULL;
  struct stat status;
  void *memory = MAP_FAILED;
  if (fstat(descriptor, &status) == 0 && status.st_size > (off_t)sizeof(Elf64_Ehdr))
    memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  close(descriptor);
  if (memory == MAP_FAILED) return NULL;
  *size = (size_t)status.st_size;
  return memory;
}

/// Finds the symbol table of a file; leaves `image` empty where there is none.
static void readSymbols(LKSImageFile *image, const char *path) {
  size_t size = 0;
  const uint8_t *file = mapFile(path, &size);
  if (!file) return;
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
  bool isElf = memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
               header->e_ident[EI_CLASS] == ELFCLASS64 &&
               header->e_shoff + (uint64_t)header->e_shnum * sizeof(Elf64_Shdr) <= size;
  if (!isElf) return;
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
  for (size_t index = 0; index < header->e_shnum; index++) {
    const Elf64_Shdr *section = &sections[index];
    if (section->sh_type != SHT_SYMTAB || section->sh_link >= header->e_shnum) continue;
    const Elf64_Shdr *names = &sections[section->sh_link];
    if (section->sh_offset + section->sh_size > size || names->sh_offset + names->sh_size > size)
      return;
    image->symbols = (const Elf64_Sym *)(file + section->sh_offset);
    image->symbolCount = section->sh_size / sizeof(Elf64_Sym);
    image->names = (const char *)(file + names->sh_offset);
    return;
  }
}

static LKSImageFile *imageAt(uintptr_t base, const char *path) {
  for (size_t index = 0; index < imageCount; index++)
    if (images[index].base == base) return &images[index];
  if (imageCount == LKS_MAXIMUM_IMAGES) return NULL;
  LKSImageFile *image = &images[imageCount++];
  image->base = base;
  readSymbols(image, path);
  return image;
}

/// The symbol before an address, of a kind; NULL where there is none.
static const Elf64_Sym *nearestSymbol(
    uintptr_t address, int type, const LKSImageFile **image, uintptr_t *offset) {
  Dl_info info;
  if (!dladdr((void *)address, &info) || !info.dli_fname) return NULL;
  uintptr_t base = (uintptr_t)info.dli_fbase;
  LKS_REAL(pthread_mutex_lock)(&imagesLock);
  *image = imageAt(base, info.dli_fname);
  LKS_REAL(pthread_mutex_unlock)(&imagesLock);
  if (!*image) return NULL;
  // Libraries are linked at zero, so a symbol's value is its distance from the base. The linker
  // leaves merged functions without a symbol: they go by the one before them.
  *offset = address - base;
  const Elf64_Sym *nearest = NULL;
  for (size_t index = 0; index < (*image)->symbolCount; index++) {
    const Elf64_Sym *symbol = &(*image)->symbols[index];
    if (ELF64_ST_TYPE(symbol->st_info) != type || symbol->st_value > *offset) continue;
    if (!nearest || symbol->st_value > nearest->st_value) nearest = symbol;
  }
  return nearest;
}

bool lks_isCacheOfSwift(uintptr_t address) {
  LKSThread *thread = lks_current;
  if (thread) thread->inRuntime++;
  const LKSImageFile *image;
  uintptr_t offset = 0;
  const Elf64_Sym *symbol =
      lks_isInRegion(address) ? NULL : nearestSymbol(address, STT_OBJECT, &image, &offset);
  if (thread) thread->inRuntime--;
  if (!symbol || offset - symbol->st_value >= symbol->st_size) return false;
  const char *name = image->names + symbol->st_name;
  size_t length = strlen(name);
  if (length < 4 || strncmp(name, "$s", 2) != 0) return false;
  // Caches of types by their names, of types, and of conformances (docs/ABI/Mangling.rst).
  static const char *const endings[] = {"MD", "Md", "ML", "Ml", "WL", "Wl"};
  for (size_t index = 0; index < sizeof endings / sizeof *endings; index++)
    if (strcmp(name + length - 2, endings[index]) == 0) return true;
  return false;
}

const char *lks_symbolName(uintptr_t address) {
  Dl_info info;
  if (!dladdr((void *)address, &info) || !info.dli_fname) return NULL;
  if (info.dli_sname) return info.dli_sname;
  const LKSImageFile *image;
  uintptr_t offset;
  const Elf64_Sym *nearest = nearestSymbol(address, STT_FUNC, &image, &offset);
  return nearest ? image->names + nearest->st_name : NULL;
}
