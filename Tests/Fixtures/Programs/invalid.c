// Calls with addresses where no memory is: each fails with EFAULT, as the kernel says.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

static int failed;

static void expect(ssize_t result) { failed += result != -1 || errno != EFAULT; }

static void *calls(void *unused) {
  void *nowhere = (void *)8;
  // Memory that can be read, and not be written to.
  void *code = (void *)(size_t)calls;
  int ends[2];
  if (pipe(ends) != 0 || write(ends[1], "piped text", 10) != 10) return unused;
  expect(read(ends[0], nowhere, 2));
  if (write(ends[1], "more", 4) == 4) expect(read(ends[0], code, 2));
  expect(write(1, nowhere, 2));
  expect(getrandom(nowhere, 2, 0));
  expect(getrandom(code, 2, 0));
  int file = open("/dev/zero", O_RDONLY);
  expect(pread(file, nowhere, 2, 0));
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 || write(ends[1], "sent", 4) != 4) return unused;
  expect(recv(ends[0], nowhere, 2, 0));
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, calls, NULL);
  pthread_join(thread, NULL);
  printf("%d\n", failed);
  return 0;
}
