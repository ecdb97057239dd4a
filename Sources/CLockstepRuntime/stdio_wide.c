/// Output of wide characters, which is kept as the locale has them in bytes.
#include <errno.h>
#include <wchar.h>

#include "output.h"

#undef putwc
#undef putwchar
#undef putwc_unlocked
#undef putwchar_unlocked

/// Keeps characters, and says whether the locale has them (fputwc(3), errors).
static bool keep(
    LKSThread *thread, FILE *file, const wchar_t *characters, size_t count, uintptr_t caller) {
  LKSText text;
  lks_beginText(&text);
  bool isThere = lks_addWideText(&text, characters, count);
  if (isThere) lks_keepText(thread, file, text.bytes, text.count, caller);
  lks_endText(&text);
  if (!isThere) errno = EILSEQ;
  return isThere;
}

#define LKS_WRITE_CHARACTER(function, parameters, arguments, file, findWriter)         \
  wint_t function parameters {                                                         \
    LKSThread *thread = findWriter(file, LKS_CALLER);                                  \
    if (!thread) return LKS_REAL(function) arguments;                                  \
    return keep(thread, file, &character, 1, LKS_CALLER) ? (wint_t)character : WEOF;   \
  }
#define LKS_WRITE_TO_FILE(function, findWriter) \
  LKS_WRITE_CHARACTER(function, (wchar_t character, FILE *file), (character, file), file, findWriter)
LKS_WRITE_TO_FILE(fputwc, lks_streamWriter)
LKS_WRITE_TO_FILE(putwc, lks_streamWriter)
LKS_WRITE_TO_FILE(fputwc_unlocked, lks_unlockedWriter)
LKS_WRITE_TO_FILE(putwc_unlocked, lks_unlockedWriter)
LKS_WRITE_CHARACTER(putwchar, (wchar_t character), (character), stdout, lks_streamWriter)
LKS_WRITE_CHARACTER(putwchar_unlocked, (wchar_t character), (character), stdout, lks_unlockedWriter)

#define LKS_WRITE_TEXT(function, findWriter)                                           \
  int function(const wchar_t *text, FILE *file) {                                      \
    lks_seeBytes(text, (wcslen(text) + 1) * sizeof *text, LKS_READ, LKS_CALLER);       \
    LKSThread *thread = findWriter(file, LKS_CALLER);                                  \
    if (!thread) return LKS_REAL(function)(text, file);                                \
    return keep(thread, file, text, wcslen(text), LKS_CALLER) ? 1 : -1;                \
  }
LKS_WRITE_TEXT(fputws, lks_streamWriter)
LKS_WRITE_TEXT(fputws_unlocked, lks_unlockedWriter)

static int writeFormatted(FILE *file, const wchar_t *format, va_list list, uintptr_t caller) {
  LKSThread *thread = lks_streamWriter(file, caller);
  if (!thread) return LKS_REAL(vfwprintf)(file, format, list);
  LKSText text;
  lks_beginText(&text);
  int count = lks_formatWideText(&text, format, list);
  if (count >= 0) lks_keepText(thread, file, text.bytes, text.count, caller);
  lks_endText(&text);
  return count;
}

int vfwprintf(FILE *file, const wchar_t *format, va_list list) {
  return writeFormatted(file, format, list, LKS_CALLER);
}

int vwprintf(const wchar_t *format, va_list list) {
  return writeFormatted(stdout, format, list, LKS_CALLER);
}

int fwprintf(FILE *file, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int count = writeFormatted(file, format, list, LKS_CALLER);
  va_end(list);
  return count;
}

int wprintf(const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int count = writeFormatted(stdout, format, list, LKS_CALLER);
  va_end(list);
  return count;
}
