// Each of two threads reads a line of standard input and prints it; then how many there were.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char lines[2][80];

static void *shout(void *line) {
  for (char *at = line; *at; at++)
    if (*at >= 'a' && *at <= 'z') *at -= 32;
  return NULL;
}

int main(int argc, char **argv) {
  int count = 0;
  while (count < 2 && fgets(lines[count], sizeof lines[count], stdin)) count++;
  pthread_t threads[2];
  for (int index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, shout, lines[index]);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  printf("%s%s%d of %s %s\n", lines[0], lines[1], count, argc > 1 ? argv[1] : "none",
         getenv("LOCKSTEP_PROGRAM") || getenv("LD_PRELOAD") ? "watched" : "alone");
  return 0;
}
