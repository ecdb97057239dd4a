/// Messages to standard error that the C library puts together: perror(3), err(3), error(3), psignal(3).
#include <err.h>
#include <errno.h>
#include <error.h>
#include <signal.h>
#include <stdlib.h>

#include "output.h"

static void add(LKSText *text, const char *words) { lks_addText(text, words, strlen(words)); }

static void addError(LKSText *text, int error) {
  char room[128];
  add(text, strerror_r(error, room, sizeof room));
}

/// Keeps a whole message as one line.
static void keep(LKSThread *thread, LKSText *text, uintptr_t caller) {
  add(text, "\n");
  lks_keepText(thread, stderr, text->bytes, text->count, caller);
  lks_endText(text);
}

void perror(const char *words) {
  int error = errno;
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  if (!thread) {
    LKS_REAL(perror)(words);
    return;
  }
  LKSText text;
  lks_beginText(&text);
  if (words && *words) {
    lks_seeBytes(words, strlen(words) + 1, LKS_READ, LKS_CALLER);
    add(&text, words);
    add(&text, ": ");
  }
  addError(&text, error);
  keep(thread, &text, LKS_CALLER);
  errno = error;
}

void psignal(int signal, const char *words) {
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  if (!thread) {
    LKS_REAL(psignal)(signal, words);
    return;
  }
  LKSText text;
  lks_beginText(&text);
  if (words && *words) {
    add(&text, words);
    add(&text, ": ");
  }
  const char *description = sigdescr_np(signal);
  add(&text, description ? description : "Unknown signal");
  keep(thread, &text, LKS_CALLER);
}

// MARK: Warnings

/// Without an error where it is negative.
static void warn_(
    LKSThread *thread, int error, const char *format, va_list list, uintptr_t caller) {
  LKSText text;
  lks_beginText(&text);
  add(&text, program_invocation_short_name);
  add(&text, ": ");
  if (format) lks_formatText(&text, format, list);
  if (format && error >= 0) add(&text, ": ");
  if (error >= 0) addError(&text, error);
  keep(thread, &text, caller);
  if (error >= 0) errno = error;
}

void vwarn(const char *format, va_list list) {
  int error = errno;
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  if (thread)
    warn_(thread, error, format, list, LKS_CALLER);
  else
    LKS_REAL(vwarn)(format, list);
}

void vwarnx(const char *format, va_list list) {
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  if (thread)
    warn_(thread, -1, format, list, LKS_CALLER);
  else
    LKS_REAL(vwarnx)(format, list);
}

void verr(int status, const char *format, va_list list) {
  int error = errno;
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  if (!thread) LKS_REAL(verr)(status, format, list);
  warn_(thread, error, format, list, LKS_CALLER);
  lks_exit(status, LKS_CALLER);
}

void verrx(int status, const char *format, va_list list) {
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  if (!thread) LKS_REAL(verrx)(status, format, list);
  warn_(thread, -1, format, list, LKS_CALLER);
  lks_exit(status, LKS_CALLER);
}

/// The same with arguments in place of a list of them.
#define LKS_WITH_LIST(format, call) \
  va_list list;                     \
  va_start(list, format);           \
  call;                             \
  va_end(list)

void warn(const char *format, ...) {
  int error = errno;
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  LKS_WITH_LIST(
      format, thread ? warn_(thread, error, format, list, LKS_CALLER)
                     : LKS_REAL(vwarn)(format, list));
}

void warnx(const char *format, ...) {
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  LKS_WITH_LIST(
      format, thread ? warn_(thread, -1, format, list, LKS_CALLER)
                     : LKS_REAL(vwarnx)(format, list));
}

void err(int status, const char *format, ...) {
  int error = errno;
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  LKS_WITH_LIST(
      format, thread ? warn_(thread, error, format, list, LKS_CALLER)
                     : LKS_REAL(verr)(status, format, list));
  lks_exit(status, LKS_CALLER);
}

void errx(int status, const char *format, ...) {
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  LKS_WITH_LIST(
      format, thread ? warn_(thread, -1, format, list, LKS_CALLER)
                     : LKS_REAL(verrx)(status, format, list));
  lks_exit(status, LKS_CALLER);
}

// MARK: error

static void error_(
    LKSThread *thread, int status, int number, const char *place, const char *format,
    va_list list, uintptr_t caller) {
  LKSText text;
  lks_beginText(&text);
  if (error_print_progname)
    error_print_progname();
  else
    add(&text, program_invocation_name), add(&text, ":");
  add(&text, place);
  lks_formatText(&text, format, list);
  if (number) add(&text, ": "), addError(&text, number);
  keep(thread, &text, caller);
  error_message_count++;
  if (status) lks_exit(status, caller);
}

/// What is written for a thread that nobody controls, by the function itself: there is none with a list.
static void pass(int status, int number, const char *place, const char *format, va_list list) {
  LKSText text;
  lks_beginText(&text);
  lks_formatText(&text, format, list);
  // It says ": " behind the program's name itself, which is what a place begins and ends with.
  if (place[1])
    LKS_REAL(error)(status, number, "%s%.*s", place + 1, (int)text.count, text.bytes);
  else
    LKS_REAL(error)(status, number, "%.*s", (int)text.count, text.bytes);
  lks_endText(&text);
}

void error(int status, int number, const char *format, ...) {
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  LKS_WITH_LIST(
      format, thread ? error_(thread, status, number, " ", format, list, LKS_CALLER)
                     : pass(status, number, " ", format, list));
}

void error_at_line(
    int status, int number, const char *file, unsigned line, const char *format, ...) {
  char place[512] = " ";
  if (file) snprintf(place, sizeof place, "%s:%u: ", file, line);
  LKSThread *thread = lks_streamWriter(stderr, LKS_CALLER);
  LKS_WITH_LIST(
      format, thread ? error_(thread, status, number, place, format, list, LKS_CALLER)
                     : pass(status, number, place, format, list));
}
