/// Allocation, and the instrumentation of plain accesses, ranges and copies.
#include <errno.h>
#include <malloc.h>

#include "selftest.h"

static bool isAligned(const void *block, size_t alignment) {
  return block && (uintptr_t)block % alignment == 0;
}

static bool isFilled(const unsigned char *block, unsigned char byte, size_t size) {
  for (size_t index = 0; index < size; index++)
    if (block[index] != byte) return false;
  return true;
}

static unsigned char *fromOutside;

/// Says which of the steps of a program was wrong, by its line.
#define REQUIRE(condition)  \
  if (!(condition)) {       \
    wrongLine = __LINE__;   \
    return;                 \
  }
static int wrongLine;

static void allocates(void) {
  wrongLine = 0;
  for (size_t size = 1; size < 5000; size = size * 3 / 2 + 1) {
    unsigned char *block = malloc(size);
    REQUIRE(isAligned(block, 16) && malloc_usable_size(block) >= size);
    memset(block, 0xAB, size);
    block = realloc(block, size * 4);
    REQUIRE(isAligned(block, 16) && isFilled(block, 0xAB, size));
    memset(block, 0xCD, size * 4);
    block = realloc(block, size / 2 + 1);
    REQUIRE(isFilled(block, 0xCD, size / 2 + 1));
    unsigned char *zeros = calloc(size, 3);
    REQUIRE(isAligned(zeros, 16) && isFilled(zeros, 0, size * 3));
    memset(zeros, 0xFF, size * 3);
    free(block);
    free(zeros);
  }
  volatile size_t huge = SIZE_MAX / 2;
  errno = 0;
  void *volatile none = calloc(huge, 4);
  REQUIRE(!none);
#ifndef LKS_NO_ARENA
  REQUIRE(errno == ENOMEM);
#endif
  none = malloc(huge);
  REQUIRE(!none);
  void *volatile empty = malloc(0);
  REQUIRE(empty);
  free(empty);
  free(NULL);
  void *volatile fresh = realloc(NULL, 10);
  REQUIRE(fresh);
  free(fresh);
  outcome = 1;
}

TEST(mallocFamily, "memory: malloc, calloc, realloc and free do what they say") {
  for (int run = 0; run < 3; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, allocates), LKS_COMPLETED);
    CHECK_EQUAL(wrongLine, 0);
    lks_finish(exploration);
  }
}

static void aligns(void) {
  bool right = true;
  for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
    void *one = aligned_alloc(alignment, alignment * 2), *other = NULL;
    right = right && isAligned(one, alignment) &&
            posix_memalign(&other, alignment, 24) == 0 && isAligned(other, alignment);
    memset(one, 1, alignment * 2);
    memset(other, 1, 24);
    free(one);
    free(other);
  }
  void *block = NULL;
  volatile size_t odd = 3;
  right = right && posix_memalign(&block, odd, 8) == EINVAL;
  outcome = right;
}

TEST(alignedMemory, "memory: what is asked for aligned is aligned") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, aligns), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  lks_finish(exploration);
}

static unsigned char *leftBehind;

static void outlives(void) {
  unsigned char *grown = realloc(fromOutside, 400);
  bool right = grown && isFilled(grown, 0x5A, 100);
  free(grown);
  leftBehind = malloc(300);
  memset(leftBehind, 0x77, 300);
  outcome = right;
}

TEST(memoryCrossesTheBorder, "memory: blocks cross the border of an execution both ways") {
  unsigned char *kept[4];
  for (int run = 0; run < 4; run++) {
    fromOutside = malloc(100);
    memset(fromOutside, 0x5A, 100);
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, outlives), LKS_COMPLETED);
    CHECK_EQUAL(outcome, 1);
    lks_finish(exploration);
    kept[run] = leftBehind;
    for (int earlier = 0; earlier <= run; earlier++) CHECK(isFilled(kept[earlier], 0x77, 300));
  }
  free(kept[0]);
  kept[1] = realloc(kept[1], 1000);
  CHECK(isFilled(kept[1], 0x77, 300));
  for (int run = 1; run < 4; run++) free(kept[run]);
}

static unsigned char *handed;

static void *allocatesForOther(void *unused) {
  handed = malloc(64);
  memset(handed, 3, 64);
  return unused;
}

static void *frees(void *unused) {
  free(handed);
  return unused;
}

static void freedElsewhere(void) {
  pthread_join(start(allocatesForOther, NULL), NULL);
  outcome = isFilled(handed, 3, 64);
  pthread_join(start(frees, NULL), NULL);
}

TEST(freedByAnother, "memory: one thread may free what another allocated") {
  for (int run = 0; run < 3; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, freedElsewhere), LKS_COMPLETED);
    CHECK_EQUAL(outcome, 1);
    lks_finish(exploration);
  }
}

#ifndef LKS_NO_ARENA

static void *lastBlock;

static void usesAgain(void) {
  void *first = malloc(64);
  uintptr_t place = (uintptr_t)first;
  free(first);
  void *second = malloc(64);
  outcome = place != (uintptr_t)second;
  lastBlock = second;
  free(second);
}

TEST(nothingIsUsedTwice, "memory: what was freed is not handed out again in the same execution") {
  warmUp(usesAgain);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, usesAgain), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  void *former = lastBlock;
  uintptr_t base = 0;
  size_t size = 0;
  CHECK(lks_heapBlock(exploration, (uintptr_t)former + 63, &base, &size));
  CHECK_EQUAL(base, (uintptr_t)former);
  CHECK_EQUAL(size, 64);
  lks_finish(exploration);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, usesAgain), LKS_COMPLETED);
  CHECK_THAT(lastBlock == former, "the next execution has the same places");
  lks_finish(exploration);
}

static int *cell;

static void *addsToCell(void *unused) {
  ++*cell;
  return unused;
}

static void heapRace(void) {
  cell = calloc(1, sizeof *cell);
  inParallel(addsToCell, addsToCell);
  outcome = *cell;
  free(cell);
}

TEST(heapObjectsHaveNames, "memory: a heap object's name is the same in every execution") {
  Result result = everySchedule(heapRace, 1000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, heapRace), LKS_COMPLETED);
  Trace trace = keepTrace();
  const LKSEvent *write = findEvent(trace, LKS_WRITE, NULL);
  CHECK(write != NULL);
  for (size_t index = 0; write && index < trace.count; index++) {
    if (trace.events[index].kind != LKS_WRITE || trace.events[index].size != 4) continue;
    CHECK_EQUAL(lks_addressOf(exploration, trace.events[index].object), (uintptr_t)cell);
  }
  free(trace.events);
  lks_finish(exploration);
}

static void *allocatesAndFrees(void *unused) {
  for (int index = 0; index < 3; index++) {
    volatile char *block = malloc(100);
    block[0] = 1;
    block[99] = (char)(block[0] + 1);
    free((void *)block);
  }
  return unused;
}

static void ownBlocks(void) { inParallel(allocatesAndFrees, allocatesAndFrees); }

TEST(reuseIsNoConflict, "memory: blocks of one thread's own make no steps, freed or not") {
  Result result = everySchedule(ownBlocks, 1000);
  CHECK(result.isComplete);
  // No step but the joins.
  CHECK_EQUAL(result.executions, 1);
}

#endif

// MARK: Accesses

struct __attribute__((packed)) Packed {
  char first;
  uint16_t two;
  uint32_t four;
  uint64_t eight;
};

static struct Packed packed;
static uint8_t byte;
static uint16_t pair;
static uint32_t word;
static uint64_t wide;
static __uint128_t widest;
static char source[64], target[64];

static void *touchesAll(void *unused) {
  byte++;
  pair++;
  word++;
  wide++;
  widest++;
  packed.two++;
  packed.four++;
  packed.eight++;
  return unused;
}

static void sizes(void) {
  byte = 0;
  pair = 0;
  word = 0;
  wide = widest = 0;
  memset(&packed, 0, sizeof packed);
  inParallel(touchesAll, touchesAll);
  outcome = byte == 2 && pair == 2 && word == 2 && wide == 2 && widest == 2 && packed.two == 2 &&
            packed.four == 2 && packed.eight == 2;
}

TEST(everySize, "accesses: of every size, aligned or not, are steps of that size") {
  warmUp(sizes);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, sizes), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  Trace trace = keepTrace();
  struct {
    const void *object;
    size_t size;
  } expected[] = {{&byte, 1}, {&pair, 2}, {&word, 4}, {&wide, 8}, {&widest, 16},
                  {&packed.two, 2}, {&packed.four, 4}, {&packed.eight, 8}};
  for (size_t index = 0; index < sizeof expected / sizeof *expected; index++) {
    // Main sets them all, and each thread writes; some compilers fold main's.
    const LKSEvent *write = NULL;
    size_t writes = 0;
    for (size_t each = 0; each < trace.count; each++) {
      const LKSEvent *event = &trace.events[each];
      if (event->thread == 0 || event->kind != LKS_WRITE) continue;
      if (event->object != (uintptr_t)expected[index].object) continue;
      write = event;
      writes++;
    }
    CHECK_EQUAL(writes, 2);
    CHECK(write && write->size == expected[index].size);
  }
  free(trace.events);
  lks_finish(exploration);
}

extern void *__tsan_memcpy(void *, const void *, size_t);
extern void *__tsan_memmove(void *, const void *, size_t);
extern void *__tsan_memset(void *, int, size_t);
extern void __tsan_read_range(void *, size_t);
extern void __tsan_write_range(void *, size_t);
extern void __tsan_vptr_update(void **, void *);
extern void __tsan_vptr_read(void **);

static void *copies(void *unused) {
  __tsan_memset(source, 7, sizeof source);
  __tsan_memcpy(target, source, sizeof target);
  __tsan_memmove(target + 8, target, 40);
  __tsan_read_range(source, 24);
  __tsan_write_range(target, 24);
  // Of no bytes: nothing.
  __tsan_memset(source, 9, 0);
  __tsan_memcpy(target, source, 0);
  __tsan_read_range(source, 0);
  __tsan_write_range(source, 0);
  return unused;
}

static void copying(void) {
  inParallel(copies, copies);
  outcome = isFilled((unsigned char *)target, 7, sizeof target);
}

TEST(copiesAreSteps, "accesses: copies, fills and ranges are one step for each of their sides") {
  warmUp(copying);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, copying), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  Trace trace = keepTrace();
  size_t steps = 0;
  for (size_t index = 0; index < trace.count; index++)
    steps += isStep(&trace.events[index]) && trace.events[index].thread == 1;
  CHECK_EQUAL(steps, 7);
  const LKSEvent *fill = findEvent(trace, LKS_WRITE, source);
  CHECK(fill && fill->size == sizeof source);
  free(trace.events);
  lks_finish(exploration);
}

static void *table;
static int tables[2];

static void *updatesTable(void *unused) {
  __tsan_vptr_update(&table, &tables[1]);
  table = &tables[1];
  __tsan_vptr_read(&table);
  return unused;
}

static void vtables(void) {
  table = &tables[0];
  inParallel(updatesTable, updatesTable);
}

TEST(tablesAreSet, "accesses: a table of functions that is set anew is a write, the same again is none") {
  warmUp(vtables);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, vtables), LKS_COMPLETED);
  lks_finish(exploration);
}

static int ordered;

static void *writesOrdered(void *unused) {
  ordered++;
  return unused;
}

static void inOrder(void) {
  ordered = 0;
  pthread_join(start(writesOrdered, NULL), NULL);
  pthread_join(start(writesOrdered, NULL), NULL);
  outcome = ordered;
}

TEST(orderedIsNotShared, "accesses: what creation and join put in order are no steps") {
  Result result = everySchedule(inOrder, 100);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.executions, 1);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
}

TEST(proof, "proof: instrumentation and interposition are seen outside an exploration") {
  lks_probeBegin();
  wide++;
  LKSProbe probe = lks_probeEnd();
  CHECK_EQUAL(probe.reads, 1);
  CHECK_EQUAL(probe.writes, 1);
  CHECK(lks_probeInterposition());
  CHECK(lks_instrumentedModules() > 0);
}

static void leaves(void) { leftBehind = malloc(32); }

TEST(manyLeaveMemory, "explorations: any number of them may leave memory behind") {
  static const uint8_t matrix[LKS_KIND_COUNT * LKS_KIND_COUNT];
  for (int index = 0; index < 100; index++) {
    LKSExploration *one = lks_explorationCreate(mode, matrix);
    CHECK_THAT(one != NULL, "number %d", index);
    if (!one) return;
    LKSPlan plan = {.branch = 1000, .stepLimit = 100};
    lks_run(one, &plan, (void (*)(void *))leaves, NULL);
    lks_finish(one);
    lks_explorationDestroy(one);
    leftBehind[0] = 1;
    leftBehind[31] = 1;
    if (index % 2) free(leftBehind);
  }
}
