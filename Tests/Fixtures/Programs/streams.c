// Two threads use a stream: streams WHAT [locked]. What comes out tells which of them was first.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <error.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

static const char *what;
static int isLocked;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *shared;
static int inBracket;
static int results[2];

static int is(const char *name) { return strcmp(what, name) == 0; }

static void writes(int index) {
  char text[3] = {(char)('a' + index), 0};
  wchar_t wide[2] = {L'a' + index, 0};
  if (is("puts")) puts(text);
  if (is("printf")) printf("%s", text);
  if (is("putchar_unlocked")) putchar_unlocked(*text);
  if (is("putc_unlocked")) putc_unlocked(*text, stdout);
  if (is("fputs_unlocked")) fputs_unlocked(text, stdout);
  if (is("fwrite_unlocked")) fwrite_unlocked(text, 1, 1, stdout);
  if (is("putw")) putw(0x41414141 + index, stdout);
  if (is("putwchar")) putwchar(*wide);
  if (is("fputwc")) fputwc(*wide, stdout);
  if (is("fputws")) fputws(wide, stdout);
  if (is("wprintf")) wprintf(L"%ls", wide);
  if (is("putwchar_unlocked")) putwchar_unlocked(*wide);
  if (is("fputws_unlocked")) fputws_unlocked(wide, stdout);
  if (is("perror")) errno = 1, perror(text);
  if (is("psignal")) psignal(1, text);
  if (is("warn")) errno = 1, warn("%s", text);
  if (is("warnx")) warnx("%s", text);
  if (is("errx")) errx(3, "%s", text);
  if (is("error")) error(0, 1, "%s", text);
  if (is("error_at_line")) error_at_line(0, 0, "f", 7, "%s", text);
  if (is("dprintf")) dprintf(1, "%s", text);
}

static void usesStreams(int index) {
  char text[3] = {(char)('a' + index), 0};
  if (is("fdopen")) {
    FILE *file = fdopen(dup(1), "w");
    fputs(text, file);
    fclose(file);
  }
  if (is("tmpfile")) fputs(text, shared);
  if (is("unbuffered")) fputs(text, shared);
  if (is("flockfile")) {
    flockfile(stdout);
    putchar_unlocked(*text);
    putchar_unlocked(*text + ++inBracket);
    funlockfile(stdout);
  }
  if (is("ftrylockfile")) {
    results[index] = ftrylockfile(stdout);
    if (results[index] == 0) funlockfile(stdout);
  }
}

static void reads(int index) {
  char text[3] = {0};
  if (is("getchar_unlocked")) results[index] = getchar_unlocked();
  if (is("fgetc_unlocked")) results[index] = fgetc_unlocked(stdin);
  if (is("fgets_unlocked")) fgets_unlocked(text, 2, stdin);
  if (is("fread_unlocked")) fread_unlocked(text, 1, 1, stdin);
  if (is("getwchar")) results[index] = (int)getwchar();
  if (*text) results[index] = *text;
}

static void *calls(void *place) {
  int index = (int)(long)place;
  if (isLocked) pthread_mutex_lock(&lock);
  writes(index);
  usesStreams(index);
  reads(index);
  if (isLocked) pthread_mutex_unlock(&lock);
  return NULL;
}

int main(int count, char **words) {
  what = words[count > 1 ? 1 : 0];
  isLocked = count > 2;
  if (is("tmpfile")) shared = tmpfile();
  if (is("unbuffered")) setvbuf(shared = fdopen(dup(1), "w"), NULL, _IONBF, 0);
  pthread_t threads[2];
  for (long index = 0; index < 2; index++) pthread_create(&threads[index], NULL, calls, (void *)index);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  if (is("tmpfile")) rewind(shared), putchar(getc(shared)), putchar(getc(shared));
  if (results[0] || results[1]) printf("%d %d\n", results[0], results[1]);
  return 0;
}
