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

int execve(const char *path, char *const arguments[], char *const environment[]) {
  noteExec("execve");
  int result = LKS_REAL(execve)(path, arguments, environment);
  LKSThread *thread = lks_controlled();
  if (thread) thread->exploration->execs = false;
  return result;
}

int execv(const char *path, char *const arguments[]) { return execve(path, arguments, environ); }

static int execSearching(const char *file, char *const arguments[], char *const environment[]) {
  noteExec("execvp");
  int result = LKS_REAL(execvpe)(file, arguments, environment);
  LKSThread *thread = lks_controlled();
  if (thread) thread->exploration->execs = false;
  return result;
}

int execvp(const char *file, char *const arguments[]) {
  return execSearching(file, arguments, environ);
}

int execvpe(const char *file, char *const arguments[], char *const environment[]) {
  return execSearching(file, arguments, environment);
}

#define LKS_MAXIMUM_EXEC_ARGUMENTS 1024

/// Gathers the arguments of the calls that take them one by one.
#define LKS_GATHER(arguments, first, last)                                  \
  char *arguments[LKS_MAXIMUM_EXEC_ARGUMENTS] = {(char *)first};            \
  va_list list;                                                             \
  va_start(list, first);                                                    \
  size_t count = 0;                                                         \
  while (arguments[count] && count + 2 < LKS_MAXIMUM_EXEC_ARGUMENTS)        \
    arguments[++count] = va_arg(list, char *);                              \
  last;                                                                     \
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
