/// What the C library keeps for itself between calls, and all threads share: the next random number, where
/// `strtok` stopped, what `localtime` returned. A call is a step on it.
///
/// `rand`, `random` and `setenv` take a lock inside (glibc's manual: MT-Safe), so their order counts and no
/// data race is theirs. The others' manual pages say that they are not safe, and two at once are a race.
///
/// Each exploration has numbers of its own, which begin alike in each execution.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "output.h"

/// Stands for a state in schedules, under a name that people know it by. Values of sixteen bytes are not
/// shown, and there are none here.
#define LKS_STATE(variable, name) static struct { uint64_t words[2]; } variable __asm__(name)
LKS_STATE(stateOfRand, "state of rand");
LKS_STATE(stateOfRand48, "state of drand48");
LKS_STATE(stateOfStrtok, "state of strtok");
LKS_STATE(environment, "environment");

/// A call that takes no lock.
static void use(void *state, LKSKind kind, uintptr_t caller) {
  lks_seeBytes(state, sizeof stateOfRand, kind, caller);
}

/// A call that takes one, to read and change the state.
static void useLocked(void *state, uintptr_t caller) {
  LKSThread *thread = lks_observed();
  if (thread && lks_isOfProgram(thread->exploration, caller))
    lks_atomicAccess(
        thread, (uintptr_t)state, sizeof stateOfRand, LKS_READ_MODIFY_WRITE, LKS_ORDER_RELAXED,
        LKS_ALWAYS, 0, caller);
}

void lks_useStream(FILE *stream, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (thread) lks_awaitStream(thread, stream, caller);
  useLocked(stream, caller);
}

void lks_useUnlockedStream(FILE *stream, uintptr_t caller) {
  use(stream, LKS_OPAQUE_READ_WRITE, caller);
}

// MARK: Whose state it is

/// That of threads that are not controlled, and what each execution begins with.
static LKSLibraryState ofProcess;
static atomic_flag isTaken = ATOMIC_FLAG_INIT;

/// What `rand` starts with where nobody gives it a seed (rand(3)).
static void prepare(LKSRandomState *random) {
  if (random->data.state) return;
  LKS_REAL(initstate_r)(1, (char *)random->words, sizeof random->words, &random->data);
}

static int32_t *moved(int32_t *pointer, const LKSLibraryState *from, LKSLibraryState *to) {
  return to->random.words + (pointer - from->random.words);
}

static void copyState(LKSLibraryState *to, const LKSLibraryState *from) {
  *to = *from;
  // The program may have given it other memory.
  struct random_data *data = &to->random.data;
  if (data->state != from->random.words + 1) return;
  data->fptr = moved(data->fptr, from, to);
  data->rptr = moved(data->rptr, from, to);
  data->state = moved(data->state, from, to);
  data->end_ptr = moved(data->end_ptr, from, to);
}

/// The state for a call; to be given back at once.
static LKSLibraryState *take(void) {
  while (atomic_flag_test_and_set_explicit(&isTaken, memory_order_acquire)) {}
  prepare(&ofProcess.random);
  LKSThread *thread = lks_current;
  if (!thread) return &ofProcess;
  LKSExploration *exploration = thread->exploration;
  LKSLibraryState *own = &exploration->libraryState;
  if (own->stamp != exploration->stamp) copyState(own, &ofProcess);
  own->stamp = exploration->stamp;
  return own;
}

static void giveBack(void) { atomic_flag_clear_explicit(&isTaken, memory_order_release); }

/// The result of an expression with `state`, which nobody else uses meanwhile.
#define LKS_WITH_STATE(expression)                             \
  ({                                                           \
    LKSLibraryState *state = take();                           \
    __typeof__(expression) result_ = (expression);             \
    giveBack();                                                \
    result_;                                                   \
  })

// MARK: rand

static int32_t nextRandom(LKSLibraryState *state) {
  int32_t number = 0;
  LKS_REAL(random_r)(&state->random.data, &number);
  return number;
}

int rand(void) {
  useLocked(&stateOfRand, LKS_CALLER);
  return LKS_WITH_STATE(nextRandom(state));
}

long random(void) {
  useLocked(&stateOfRand, LKS_CALLER);
  return LKS_WITH_STATE(nextRandom(state));
}

void srand(unsigned seed) {
  useLocked(&stateOfRand, LKS_CALLER);
  LKS_WITH_STATE(LKS_REAL(srandom_r)(seed, &state->random.data));
}

void srandom(unsigned seed) {
  useLocked(&stateOfRand, LKS_CALLER);
  LKS_WITH_STATE(LKS_REAL(srandom_r)(seed, &state->random.data));
}

/// The memory in use, which a state in the library has as its own.
static char *memoryOf(const LKSLibraryState *state) { return (char *)(state->random.data.state - 1); }

static char *changeMemory(LKSLibraryState *state, char *memory) {
  char *former = memoryOf(state);
  return LKS_REAL(setstate_r)(memory, &state->random.data) == 0 ? former : NULL;
}

static char *makeMemory(LKSLibraryState *state, unsigned seed, char *memory, size_t size) {
  char *former = memoryOf(state);
  return LKS_REAL(initstate_r)(seed, memory, size, &state->random.data) == 0 ? former : NULL;
}

char *initstate(unsigned seed, char *memory, size_t size) {
  useLocked(&stateOfRand, LKS_CALLER);
  return LKS_WITH_STATE(makeMemory(state, seed, memory, size));
}

char *setstate(char *memory) {
  useLocked(&stateOfRand, LKS_CALLER);
  return LKS_WITH_STATE(changeMemory(state, memory));
}

/// The program's own state.
int rand_r(unsigned *seed) {
  lks_seeBytes(seed, sizeof *seed, LKS_READ, LKS_CALLER);
  lks_seeBytes(seed, sizeof *seed, LKS_WRITE, LKS_CALLER);
  return LKS_REAL(rand_r)(seed);
}

// MARK: drand48

static void useRand48(uintptr_t caller) { use(&stateOfRand48, LKS_OPAQUE_READ_WRITE, caller); }

static void useOwn48(unsigned short own[3], uintptr_t caller) {
  use(&stateOfRand48, LKS_READ, caller);
  lks_seeBytes(own, 6, LKS_READ, caller);
  lks_seeBytes(own, 6, LKS_WRITE, caller);
}

#define LKS_RANDOM_48(result, function)                                                      \
  static result function##Of(LKSLibraryState *state) {                                       \
    result number = 0;                                                                       \
    LKS_REAL(function##_r)(&state->rand48, &number);                                         \
    return number;                                                                           \
  }                                                                                          \
  result function(void) {                                                                    \
    useRand48(LKS_CALLER);                                                                   \
    return LKS_WITH_STATE(function##Of(state));                                              \
  }

/// With the program's own last number.
#define LKS_OWN_RANDOM_48(result, function)                                                  \
  static result function##Of(LKSLibraryState *state, unsigned short own[3]) {                \
    result number = 0;                                                                       \
    LKS_REAL(function##_r)(own, &state->rand48, &number);                                    \
    return number;                                                                           \
  }                                                                                          \
  result function(unsigned short own[3]) {                                                   \
    useOwn48(own, LKS_CALLER);                                                               \
    return LKS_WITH_STATE(function##Of(state, own));                                         \
  }

LKS_RANDOM_48(double, drand48)
LKS_RANDOM_48(long, lrand48)
LKS_RANDOM_48(long, mrand48)
LKS_OWN_RANDOM_48(double, erand48)
LKS_OWN_RANDOM_48(long, nrand48)
LKS_OWN_RANDOM_48(long, jrand48)

void srand48(long seed) {
  useRand48(LKS_CALLER);
  LKS_WITH_STATE(LKS_REAL(srand48_r)(seed, &state->rand48));
}

static unsigned short *changeSeed(LKSLibraryState *state, unsigned short seed[3]) {
  LKS_REAL(seed48_r)(seed, &state->rand48);
  return state->rand48.__old_x;
}

unsigned short *seed48(unsigned short seed[3]) {
  lks_seeBytes(seed, 6, LKS_READ, LKS_CALLER);
  useRand48(LKS_CALLER);
  return LKS_WITH_STATE(changeSeed(state, seed));
}

void lcong48(unsigned short parameters[7]) {
  lks_seeBytes(parameters, 14, LKS_READ, LKS_CALLER);
  useRand48(LKS_CALLER);
  LKS_WITH_STATE(LKS_REAL(lcong48_r)(parameters, &state->rand48));
}

// MARK: strtok

/// A word is read, and its end, and what ends it becomes the word's own end. Each comes with its step.
static char *nextWord(
    char *text, const char *delimiters, char **rest, const void *shown, size_t size,
    uintptr_t caller) {
  if (!text) {
    lks_seeBytes(shown, size, LKS_READ, caller);
    text = *rest;
  }
  if (text) {
    lks_seeBytes(text, strlen(text) + 1, LKS_READ, caller);
    const char *start = text + strspn(text, delimiters);
    const char *end = start + strcspn(start, delimiters);
    if (*end) lks_seeBytes(end, 1, LKS_WRITE, caller);
  }
  char *word = LKS_REAL(strtok_r)(text, delimiters, &text);
  lks_seeBytes(shown, size, LKS_WRITE, caller);
  *rest = text;
  return word;
}

char *strtok(char *text, const char *delimiters) {
  if (!lks_controlled()) return LKS_REAL(strtok)(text, delimiters);
  LKSLibraryState *state = take();
  giveBack();
  return nextWord(
      text, delimiters, &state->restOfText, &stateOfStrtok, sizeof stateOfStrtok, LKS_CALLER);
}

char *strtok_r(char *text, const char *delimiters, char **rest) {
  return nextWord(text, delimiters, rest, rest, sizeof *rest, LKS_CALLER);
}

// MARK: Dates

static struct tm brokenTime __asm__("result of localtime");
/// What asctime(3) says is the longest of a date's texts is 26 bytes, where the year has four digits.
static char textOfTime[64] __asm__("result of asctime");

static struct tm *breakUp(
    const time_t *time, struct tm *(*convert)(const time_t *, struct tm *), uintptr_t caller) {
  lks_seeBytes(&brokenTime, sizeof brokenTime, LKS_WRITE, caller);
  return convert(time, &brokenTime);
}

struct tm *gmtime(const time_t *time) {
  if (!lks_controlled()) return LKS_REAL(gmtime)(time);
  return breakUp(time, LKS_REAL(gmtime_r), LKS_CALLER);
}

struct tm *localtime(const time_t *time) {
  if (!lks_controlled()) return LKS_REAL(localtime)(time);
  // Unlike `localtime_r`, it looks at the time zone anew (localtime(3)).
  tzset();
  return breakUp(time, LKS_REAL(localtime_r), LKS_CALLER);
}

static char *describe(const struct tm *time, uintptr_t caller) {
  lks_seeBytes(textOfTime, sizeof textOfTime, LKS_WRITE, caller);
  return LKS_REAL(asctime_r)(time, textOfTime);
}

char *asctime(const struct tm *time) {
  if (!lks_controlled()) return LKS_REAL(asctime)(time);
  return describe(time, LKS_CALLER);
}

/// `asctime(localtime(time))`, as ctime(3) says.
char *ctime(const time_t *time) {
  if (!lks_controlled()) return LKS_REAL(ctime)(time);
  tzset();
  const struct tm *broken = breakUp(time, LKS_REAL(localtime_r), LKS_CALLER);
  return broken ? describe(broken, LKS_CALLER) : NULL;
}

// MARK: The environment

char *getenv(const char *name) {
  use(&environment, LKS_READ, LKS_CALLER);
  return LKS_REAL(getenv)(name);
}

int setenv(const char *name, const char *value, int replaces) {
  useLocked(&environment, LKS_CALLER);
  return LKS_REAL(setenv)(name, value, replaces);
}

int unsetenv(const char *name) {
  useLocked(&environment, LKS_CALLER);
  return LKS_REAL(unsetenv)(name);
}

int putenv(char *text) {
  useLocked(&environment, LKS_CALLER);
  return LKS_REAL(putenv)(text);
}

int clearenv(void) {
  useLocked(&environment, LKS_CALLER);
  return LKS_REAL(clearenv)();
}
