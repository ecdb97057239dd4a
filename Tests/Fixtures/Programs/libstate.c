// What the C library keeps between calls, used by two threads: libstate WHAT [locked]. What comes out is
// another thing by which of them was first, or the calls race.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *what;
static int isLocked;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char texts[2][8] = {"a b c", "d e f"};
static unsigned seed = 7;
static unsigned short last[3];
static long results[2];

static int is(const char *name) { return strcmp(what, name) == 0; }

static void *calls(void *place) {
  long index = (long)place;
  if (isLocked) pthread_mutex_lock(&lock);
  time_t time = index * 86400 * 400;
  char *word = NULL;
  if (is("rand")) results[index] = rand();
  if (is("random")) results[index] = random();
  if (is("srand")) srand((unsigned)index + 1);
  if (is("rand_r")) results[index] = rand_r(&seed);
  if (is("drand48")) results[index] = (long)(drand48() * 1000000);
  if (is("lrand48")) results[index] = lrand48();
  if (is("nrand48")) results[index] = nrand48(last);
  if (is("strtok")) word = strtok(texts[index], " "), word = strtok(NULL, " ");
  if (is("gmtime")) results[index] = gmtime(&time)->tm_year;
  if (is("localtime")) results[index] = localtime(&time)->tm_year;
  if (is("ctime")) results[index] = ctime(&time)[23];
  if (is("setenv")) setenv("LIBSTATE", index ? "b" : "a", 1);
  if (is("getenv") && index) setenv("LIBSTATE", "b", 1);
  if (is("getenv") && !index) results[index] = getenv("LIBSTATE") != NULL;
  if (is("getc")) results[index] = getc(stdin);
  if (word) results[index] = *word;
  if (isLocked) pthread_mutex_unlock(&lock);
  return NULL;
}

int main(int count, char **words) {
  what = words[count > 1 ? 1 : 0];
  isLocked = count > 2;
  // The first two characters of this file are alike.
  if (is("getc")) getc(stdin);
  pthread_t threads[2];
  for (long index = 0; index < 2; index++) pthread_create(&threads[index], NULL, calls, (void *)index);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  if (is("srand")) results[0] = rand();
  if (is("setenv")) results[0] = *getenv("LIBSTATE");
  printf("%ld %ld\n", results[0], results[1]);
  return 0;
}
