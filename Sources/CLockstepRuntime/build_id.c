/// What the linker wrote into the executable to tell one build from another: the note NT_GNU_BUILD_ID
/// (ld(1), --build-id).
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "CLockstepRuntime.h"

/// Notes, their names and their contents begin at multiples of this.
static size_t padded(size_t size) { return (size + 3) & ~(size_t)3; }

static const uint8_t *find(const uint8_t *notes, size_t size, size_t *count) {
  while (size >= sizeof(ElfW(Nhdr))) {
    const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)notes;
    const uint8_t *name = notes + sizeof *note;
    size_t whole = sizeof *note + padded(note->n_namesz) + padded(note->n_descsz);
    if (whole > size) break;
    if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof ELF_NOTE_GNU &&
        memcmp(name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0) {
      *count = note->n_descsz;
      return name + padded(note->n_namesz);
    }
    notes += whole;
    size -= whole;
  }
  return NULL;
}

const uint8_t *lks_buildID(size_t *count) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  size_t headerCount = headers ? getauxval(AT_PHNUM) : 0;
  uintptr_t base = 0;
  for (size_t index = 0; index < headerCount; index++)
    if (headers[index].p_type == PT_PHDR) base = (uintptr_t)headers - headers[index].p_vaddr;
  for (size_t index = 0; index < headerCount; index++) {
    if (headers[index].p_type != PT_NOTE) continue;
    const uint8_t *identity =
        find((const uint8_t *)base + headers[index].p_vaddr, headers[index].p_memsz, count);
    if (identity) return identity;
  }
  return NULL;
}
