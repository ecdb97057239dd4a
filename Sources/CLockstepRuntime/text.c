/// Texts that are put together before they are kept as a whole.
#include <limits.h>
#include <stdlib.h>

#include "output.h"

extern void *__libc_malloc(size_t size);
extern void __libc_free(void *block);

void lks_beginText(LKSText *text) {
  text->bytes = text->room;
  text->count = 0;
  text->capacity = sizeof text->room;
}

void lks_endText(LKSText *text) {
  if (text->bytes != text->room) __libc_free(text->bytes);
}

/// Makes room for so many bytes more; false where there is none.
static bool reserve(LKSText *text, size_t count) {
  if (text->count + count <= text->capacity) return true;
  size_t capacity = (text->count + count) * 2;
  char *bytes = __libc_malloc(capacity);
  if (!bytes) return false;
  memcpy(bytes, text->bytes, text->count);
  lks_endText(text);
  text->bytes = bytes;
  text->capacity = capacity;
  return true;
}

void lks_addText(LKSText *text, const char *bytes, size_t count) {
  if (!reserve(text, count)) return;
  memcpy(text->bytes + text->count, bytes, count);
  text->count += count;
}

int lks_formatText(LKSText *text, const char *format, va_list list) {
  va_list again;
  va_copy(again, list);
  size_t room = text->capacity - text->count;
  int count = vsnprintf(text->bytes + text->count, room, format, list);
  if (count >= 0 && (size_t)count >= room)
    count = reserve(text, (size_t)count + 1)
                ? vsnprintf(text->bytes + text->count, (size_t)count + 1, format, again)
                : -1;
  va_end(again);
  if (count > 0) text->count += (size_t)count;
  return count;
}

// MARK: Wide characters

bool lks_addWideText(LKSText *text, const wchar_t *characters, size_t count) {
  mbstate_t state = {0};
  for (size_t index = 0; index < count; index++) {
    if (!reserve(text, MB_LEN_MAX)) return false;
    size_t size = wcrtomb(text->bytes + text->count, characters[index], &state);
    if (size == (size_t)-1) return false;
    text->count += size;
  }
  return true;
}

/// Most characters of a formatted text: `vswprintf` does not tell how many there are.
#define LKS_LONGEST_WIDE_TEXT (1u << 20)

int lks_formatWideText(LKSText *text, const wchar_t *format, va_list list) {
  for (size_t room = 256; room <= LKS_LONGEST_WIDE_TEXT; room *= 4) {
    wchar_t *characters = __libc_malloc(room * sizeof *characters);
    if (!characters) return -1;
    va_list again;
    va_copy(again, list);
    int count = vswprintf(characters, room, format, again);
    va_end(again);
    bool isThere = count >= 0 && lks_addWideText(text, characters, (size_t)count);
    __libc_free(characters);
    if (count >= 0) return isThere ? count : -1;
  }
  return -1;
}
