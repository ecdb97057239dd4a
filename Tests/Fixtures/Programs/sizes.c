// Two threads change a variable of an unusual size: sizes WHAT [locked].
#include <immintrin.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef float Vector __attribute__((vector_size(32)));
struct __attribute__((packed)) Bits { unsigned bits : 24; unsigned char next; };
struct Large { long values[5]; };

static const char *what;
static int isLocked;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

long double average;
struct Bits bits;
Vector vector;
unsigned _BitInt(256) wide;
struct Large large;
_Atomic struct Large whole;
long seen;
int count;
__m256i mask;

static int is(const char *name) { return strcmp(what, name) == 0; }

__attribute__((noinline)) static void addToAverage(void) { average += 1; }
__attribute__((noinline)) static void addToBits(void) { bits.bits++; }
__attribute__((noinline)) static void addToVector(void) { vector += 1; }
__attribute__((noinline)) static void addToWide(void) { wide++; }
__attribute__((noinline)) static long sum(struct Large copy) {
  return copy.values[0] + copy.values[4];
}
// One thread passes it, and the other changes it.
__attribute__((noinline)) static void addToLarge(long index) {
  if (index) large.values[4] = 1;
  else seen = sum(large);
}
__attribute__((noinline)) static void addToWhole(void) {
  struct Large copy = whole;
  copy.values[0]++;
  whole = copy;
}
__attribute__((noinline)) static void assembly(void) { __asm__ volatile("incl %0" : "+m"(count)); }
__attribute__((noinline, target("avx2"))) static void masked(void) {
  __m256i old = _mm256_maskload_epi32((int *)&vector, mask);
  _mm256_maskstore_epi32((int *)&vector, mask, old);
}

static void *changes(void *place) {
  if (isLocked) pthread_mutex_lock(&lock);
  if (is("average")) addToAverage();
  if (is("bits")) addToBits();
  if (is("vector")) addToVector();
  if (is("wide")) addToWide();
  if (is("large")) addToLarge((long)place);
  if (is("whole")) addToWhole();
  if (is("assembly")) assembly();
  if (is("masked")) masked();
  if (isLocked) pthread_mutex_unlock(&lock);
  return NULL;
}

int main(int words, char **word) {
  what = word[words > 1 ? 1 : 0];
  isLocked = words > 2;
  pthread_t threads[2];
  for (long index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, changes, (void *)index);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  struct Large end = whole;
  printf("%Lg %d %g %d %ld %ld %d\n", average, (int)bits.bits, (double)vector[0], (int)wide, seen,
         end.values[0], count);
  return 0;
}
