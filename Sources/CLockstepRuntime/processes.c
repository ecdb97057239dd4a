/// Other processes, and other programs in this one: nobody controls them, so they are named.
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime.h"

extern char **environ;

/// Names what puts another program into the process, which nobody controls.
static void noteExec(const char *name) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  lks_uncontrolled(thread->exploration, name);
  thread->exploration->execs = true;
}

/// What comes back has put nothing there.
static int failed(int result) {
  LKSThread *thread = lks_controlled();
  if (thread) thread->exploration->execs = false;
  return result;
}

int execve(const char *path, char *const arguments[], char *const environment[]) {
  noteExec("execve");
  return failed(LKS_REAL(execve)(path, arguments, environment));
}

int execv(const char *path, char *const arguments[]) { return execve(path, arguments, environ); }

static int execSearching(const char *file, char *const arguments[], char *const environment[]) {
  noteExec("execvp");
  return failed(LKS_REAL(execvpe)(file, arguments, environment));
}

int execvp(const char *file, char *const arguments[]) {
  return execSearching(file, arguments, environ);
}

int execvpe(const char *file, char *const arguments[], char *const environment[]) {
  return execSearching(file, arguments, environment);
}

/// Gathers the arguments of the calls that take them one by one, all of them, and then the `last`.
#define LKS_GATHER(arguments, first, last)                                                    \
  va_list list;                                                                               \
  size_t count = 0;                                                                           \
  va_start(list, first);                                                                      \
  for (const char *word = first; word; word = va_arg(list, const char *)) count++;            \
  last;                                                                                       \
  va_end(list);                                                                               \
  char *arguments[count + 1];                                                                 \
  va_start(list, first);                                                                      \
  arguments[0] = (char *)first;                                                               \
  for (size_t index = 1; index <= count; index++) arguments[index] = va_arg(list, char *);    \
  va_end(list)

int execl(const char *path, const char *first, ...) {
  LKS_GATHER(arguments, first, );
  return execve(path, arguments, environ);
}

int execlp(const char *file, const char *first, ...) {
  LKS_GATHER(arguments, first, );
  return execvp(file, arguments);
}

int execle(const char *path, const char *first, ...) {
  LKS_GATHER(arguments, first, char **environment = va_arg(list, char **));
  return execve(path, arguments, environment);
}

int fexecve(int file, char *const arguments[], char *const environment[]) {
  noteExec("fexecve");
  return failed(LKS_REAL(fexecve)(file, arguments, environment));
}

int execveat(
    int folder, const char *path, char *const arguments[], char *const environment[], int flags) {
  noteExec("execveat");
  return failed(LKS_REAL(execveat)(folder, path, arguments, environment, flags));
}

static void noteSpawn(const char *name) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  lks_uncontrolled(thread->exploration, name);
  thread->exploration->forks = true;
}

int posix_spawn(
    pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  noteSpawn("posix_spawn");
  return LKS_REAL(posix_spawn)(child, path, actions, attributes, arguments, environment);
}

int posix_spawnp(
    pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  noteSpawn("posix_spawnp");
  return LKS_REAL(posix_spawnp)(child, file, actions, attributes, arguments, environment);
}

FILE *popen(const char *command, const char *mode) {
  noteSpawn("popen");
  return LKS_REAL(popen)(command, mode);
}

int system(const char *command) {
  noteSpawn("system");
  return LKS_REAL(system)(command);
}

/// The child is a process of its own, on whose threads nobody has a say.
static pid_t forked(pid_t child, LKSThread *thread) {
  if (child == 0 && thread) lks_current = NULL;
  return child;
}

pid_t fork(void) {
  LKSThread *thread = lks_controlled();
  noteSpawn("fork");
  return forked(LKS_REAL(fork)(), thread);
}

pid_t _Fork(void) {
  LKSThread *thread = lks_controlled();
  noteSpawn("_Fork");
  return forked(LKS_REAL(_Fork)(), thread);
}

/// As `fork`, since a child that used this one's memory and stack would be in the runtime's, too.
pid_t vfork(void) {
  LKSThread *thread = lks_controlled();
  noteSpawn("vfork");
  return forked(LKS_REAL(fork)(), thread);
}
