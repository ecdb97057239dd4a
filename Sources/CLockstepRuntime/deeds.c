/// Calls that change what is outside the process, and are no steps: nobody in it can tell their order. What a
/// detailed execution keeps is that a thread made them, see `lks_quietHash`.
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime.h"

static uint64_t hashOf(const char *text) {
  uint64_t hash = 0;
  for (; text && *text; text++) hash = lks_mixed(hash, (uint64_t)(unsigned char)*text);
  return hash;
}

static void note(const char *call, uint64_t first, uint64_t second) {
  LKSThread *thread = lks_controlled();
  if (!thread || LKS_LIKELY(!thread->exploration->plan.detailed)) return;
  uint64_t deed = lks_mixed(lks_mixed(hashOf(call), first), second);
  thread->quietHash = lks_mixed(lks_quietHash(thread), deed);
}

int close(int file) {
  note(__func__, (uint64_t)file, 0);
  return LKS_REAL(close)(file);
}

int shutdown(int socket, int how) {
  note(__func__, (uint64_t)socket, (uint64_t)how);
  return LKS_REAL(shutdown)(socket, how);
}

int dup2(int from, int to) {
  note(__func__, (uint64_t)from, (uint64_t)to);
  return LKS_REAL(dup2)(from, to);
}

int ftruncate(int file, off_t size) {
  note(__func__, (uint64_t)file, (uint64_t)size);
  return LKS_REAL(ftruncate)(file, size);
}

int ftruncate64(int file, off64_t size) {
  note("ftruncate", (uint64_t)file, (uint64_t)size);
  return LKS_REAL(ftruncate64)(file, size);
}

int unlink(const char *path) {
  note(__func__, hashOf(path), 0);
  return LKS_REAL(unlink)(path);
}

int rmdir(const char *path) {
  note(__func__, hashOf(path), 0);
  return LKS_REAL(rmdir)(path);
}

int rename(const char *from, const char *to) {
  note(__func__, hashOf(from), hashOf(to));
  return LKS_REAL(rename)(from, to);
}

int kill(pid_t process, int signal) {
  note(__func__, (uint64_t)process, (uint64_t)signal);
  return LKS_REAL(kill)(process, signal);
}

ssize_t send(int socket, const void *bytes, size_t count, int flags) {
  note(__func__, (uint64_t)socket, count);
  return LKS_REAL(send)(socket, bytes, count, flags);
}

ssize_t sendto(
    int socket, const void *bytes, size_t count, int flags, const struct sockaddr *address,
    socklen_t size) {
  note("send", (uint64_t)socket, count);
  return LKS_REAL(sendto)(socket, bytes, count, flags, address, size);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
  note("send", (uint64_t)socket, message->msg_iovlen);
  return LKS_REAL(sendmsg)(socket, message, flags);
}
