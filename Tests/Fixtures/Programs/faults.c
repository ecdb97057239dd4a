// A program that misbehaves as its arguments say: faults BEHAVIOUR [main|thread] [early|late].
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static int total;
static const char *behaviour = "none";
static volatile int *nowhere;
static volatile int zero;

static void crashNull(void) { *nowhere = 1; }
static void crashAbort(void) { abort(); }
static void crashAssert(void) { assert(total == -1); }
static void crashTrap(void) { __builtin_trap(); }
static void crashDivide(void) { total = 1 / zero; }
static int deeper(int depth) {
  volatile char room[4096];
  room[depth % 4096] = (char)depth;
  return deeper(depth + 1) + room[0];
}
static void crashStack(void) { total = deeper(0); }
static void crashFreeTwice(void) {
  char *block = malloc(10);
  free(block);
  free(block);
}
static void crashFreeWild(void) { free((void *)&total); }
static void crashBus(void) {
  FILE *file = tmpfile();
  char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
  total = page[0];
}
static void crashJump(void) { ((void (*)(void))(long)zero)(); }
static void signalTerm(void) { raise(SIGTERM); }
static void signalKill(void) { kill(getpid(), SIGKILL); }
static void signalInterrupt(void) { kill(getpid(), SIGINT); }
static void signalGroup(void) { kill(0, SIGKILL); }
static void signalStop(void) { kill(getpid(), SIGSTOP); }
static void signalParent(void) { kill(getppid(), SIGKILL); }
static void onAlarm(int signal) { (void)signal; }
static void signalAlarm(void) {
  signal(SIGALRM, onAlarm);
  ualarm(1000, 0);
  usleep(5000);
}
static void signalIgnored(void) {
  signal(SIGSEGV, SIG_IGN);
  signal(SIGABRT, SIG_IGN);
  abort();
}
static void onSegment(int signal) { _exit(signal); }
static void signalHandled(void) {
  signal(SIGSEGV, onSegment);
  *nowhere = 1;
}
static void exitThree(void) { exit(3); }
static void exitNow(void) { _exit(4); }
static void exitQuick(void) { quick_exit(5); }
static void exitGroup(void) { syscall(SYS_exit_group, 6); }
static void exitThread(void) { pthread_exit(NULL); }
static void atEndCrash(void) { abort(); }
static void exitCrash(void) {
  atexit(atEndCrash);
  exit(0);
}
static void atEndHang(void) {
  for (;;) pause();
}
static void exitHang(void) {
  atexit(atEndHang);
  exit(0);
}
static void atEndExit(void) { exit(7); }
static void exitTwice(void) {
  atexit(atEndExit);
  exit(0);
}
static void hangLoop(void) {
  for (volatile unsigned long count = 0;; count++) {
  }
}
static void hangShared(void) {
  while (__atomic_load_n(&total, __ATOMIC_RELAXED) != -1) {
  }
}
static void hangPause(void) { pause(); }
static void hangSleep(void) { sleep(1000000); }
static void hangPipe(void) {
  int ends[2];
  char byte;
  if (pipe(ends) == 0 && read(ends[0], &byte, 1) == 1) total = byte;
}
static void hangLock(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  pthread_mutex_lock(&lock);
}
static void hangSocket(void) {
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  listen(listener, 1);
  accept(listener, NULL, NULL);
}
static void hangWait(void) {
  sigset_t all;
  sigfillset(&all);
  sigsuspend(&all);
}
static void forkExit(void) {
  if (fork() == 0) _exit(0);
  wait(NULL);
}
static void forkHang(void) {
  if (fork() == 0)
    for (;;) pause();
}
static void forkWaitHang(void) {
  forkHang();
  wait(NULL);
}
static void forkDaemon(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0)
      for (;;) pause();
    _exit(0);
  }
  wait(NULL);
}
static void forkThreads(void) {
  if (fork() == 0) crashNull();
  wait(NULL);
}
static void forkMany(void) {
  for (int count = 0; count < 20; count++)
    if (fork() == 0) _exit(0);
  while (wait(NULL) > 0) {
  }
}
static void forkV(void) {
  if (vfork() == 0) _exit(0);
}
static void execTrue(void) { execl("/bin/true", "true", (char *)NULL); }
static void execSleep(void) { execl("/bin/sleep", "sleep", "1000", (char *)NULL); }
static void execMissing(void) { execl("/nowhere/at/all", "all", (char *)NULL); }
static void execFile(void) {
  int file = open("/bin/true", O_RDONLY);
  char *arguments[] = {"true", NULL};
  fexecve(file, arguments, NULL);
}
static void execSystem(void) {
  if (system("true") != 0) total = 0;
}
static void execShell(void) {
  FILE *pipe = popen("echo word", "r");
  char text[10];
  if (pipe && fgets(text, sizeof text, pipe)) total += text[0] == 'w';
  pclose(pipe);
}
static void execSpawn(void) {
  pid_t child;
  char *arguments[] = {"true", NULL};
  if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ) == 0)
    waitpid(child, NULL, 0);
}
static void flood(int descriptor) {
  static char page[65536];
  memset(page, 'x', sizeof page);
  for (int count = 0; count < 2000; count++)
    if (write(descriptor, page, sizeof page) < 0) return;
}
static void floodOutput(void) { flood(1); }
static void floodErrors(void) { flood(2); }
static void floodPrint(void) {
  for (int count = 0; count < 3000; count++) printf("line %d of a very long story\n", count);
}
static void floodPast(void) {
  static char page[65536];
  for (int count = 0; count < 2000; count++) syscall(SYS_write, 1, page, sizeof page);
}
static void leakFiles(void) {
  while (open("/dev/null", O_RDONLY) >= 0) {
  }
}
static void closeAll(void) {
  for (int descriptor = 0; descriptor < 1024; descriptor++) close(descriptor);
}
static void closeOutput(void) {
  fclose(stdout);
  close(2);
}
static void dupOver(void) {
  for (int descriptor = 0; descriptor < 20; descriptor++) dup2(0, descriptor);
}
static void eatBlocks(void) {
  for (;;) {
    char *block = malloc(16 << 20);
    if (!block) break;
    memset(block, 1, 16 << 20);
  }
  abort();
}
static void eatOne(void) {
  if (!malloc(1ul << 40)) total++;
}
static void eatMap(void) {
  for (;;) {
    char *block = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) break;
    memset(block, 1, 64 << 20);
  }
}
static void *idle(void *argument) { return argument; }
static void threadsMany(void) {
  pthread_t thread;
  for (int count = 0; count < 100; count++)
    if (pthread_create(&thread, NULL, idle, NULL) == 0) pthread_join(thread, NULL);
}
static void threadsDetached(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, idle, NULL) == 0) pthread_detach(thread);
}
static void limitsLow(void) {
  struct rlimit limit = {16, 16};
  setrlimit(RLIMIT_NOFILE, &limit);
}
static void parentless(void) { prctl(PR_SET_PDEATHSIG, 0); }
static void jumpLong(void) {
  jmp_buf place;
  if (setjmp(place) == 0) longjmp(place, 1);
}
static void elsewhere(void) {
  if (chdir("/") != 0) abort();
}

static const struct {
  const char *name;
  void (*act)(void);
} behaviours[] = {
#define B(name) {#name, name}
    B(crashNull), B(crashAbort), B(crashAssert), B(crashTrap), B(crashDivide), B(crashStack),
    B(crashFreeTwice), B(crashFreeWild), B(crashBus), B(crashJump), B(signalTerm), B(signalKill),
    B(signalInterrupt), B(signalGroup), B(signalStop), B(signalParent), B(signalAlarm),
    B(signalIgnored), B(signalHandled), B(exitThree), B(exitNow), B(exitQuick), B(exitGroup),
    B(exitThread), B(exitCrash), B(exitHang), B(exitTwice), B(hangLoop), B(hangShared),
    B(hangPause), B(hangSleep), B(hangPipe), B(hangLock), B(hangSocket), B(hangWait), B(forkExit),
    B(forkHang), B(forkWaitHang), B(forkDaemon), B(forkThreads), B(forkMany), B(forkV),
    B(execTrue), B(execSleep), B(execMissing), B(execFile), B(execSystem), B(execShell), B(execSpawn),
    B(floodOutput), B(floodErrors), B(floodPrint), B(floodPast), B(leakFiles), B(closeAll),
    B(closeOutput), B(dupOver), B(eatBlocks), B(eatOne), B(eatMap), B(threadsMany),
    B(threadsDetached), B(limitsLow), B(parentless), B(jumpLong), B(elsewhere),
};

static void act(void) {
  for (size_t index = 0; index < sizeof behaviours / sizeof *behaviours; index++)
    if (strcmp(behaviours[index].name, behaviour) == 0) behaviours[index].act();
}

static int inThread, isLate;

static void *increment(void *argument) {
  int first = argument != NULL;
  if (first && inThread && !isLate) act();
  total++;
  if (first && inThread && isLate) act();
  return NULL;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "list") == 0) {
    for (size_t index = 0; index < sizeof behaviours / sizeof *behaviours; index++)
      puts(behaviours[index].name);
    return 0;
  }
  if (argc > 1) behaviour = argv[1];
  inThread = argc > 2 && strcmp(argv[2], "thread") == 0;
  isLate = argc > 3 && strcmp(argv[3], "late") == 0;
  if (!inThread && !isLate) act();
  pthread_t threads[2];
  for (long index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, increment, index == 0 ? &total : NULL);
  if (!inThread && isLate) act();
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  printf("%d\n", total);
  return 0;
}
