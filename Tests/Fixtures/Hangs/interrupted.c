// Says when it is ready, tells each interrupt, and ends some time after the first.
//
// No shell script: its `sleep` gets the terminal's interrupt too, and a shell in a loop may die of that
// although it has a trap.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupts;

static void tell(int signal) {
  (void)signal;
  interrupts++;
  (void)!write(STDOUT_FILENO, "got\n", 4);
}

static void touch(const char *file) { close(open(file, O_CREAT | O_WRONLY, 0600)); }

int main(void) {
  signal(SIGINT, tell);
  touch("ready");
  for (int i = 0; i < 600 && interrupts == 0; i++) usleep(50000);
  for (int i = 0; i < 10; i++) usleep(50000);
  touch("over");
  return 3;
}
