/// What the C library keeps between calls.
#include "selftest.h"

static unsigned long drawn;

static void draws(void) {
  unsigned short own[3] = {1, 2, 3};
  drawn = (unsigned long)rand();
  drawn = drawn * 31 + (unsigned long)random();
  drawn = drawn * 31 + (unsigned long)lrand48();
  drawn = drawn * 31 + (unsigned long)(drand48() * 1000000);
  drawn = drawn * 31 + (unsigned long)nrand48(own);
}

TEST(numbersStartAlike, "the C library's state: numbers start alike in each execution") {
  srand(5);
  lrand48();
  draws();
  unsigned long outside = drawn;
  srand(5);
  srand48(0);
  drawn = 0;
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, draws), LKS_COMPLETED);
  lks_finish(exploration);
  unsigned long first = drawn;
  CHECK(first != 0);
  CHECK(first != outside);
  for (int run = 0; run < 3; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, draws), LKS_COMPLETED);
    lks_finish(exploration);
    CHECK_EQUAL(drawn, first);
  }
  // Those of a thread that is not controlled have not moved.
  draws();
  CHECK_EQUAL(drawn, first);
}

static void seeds(void) {
  static char memory[64];
  srand(9);
  int first = rand();
  char *former = initstate(9, memory, sizeof memory);
  int other = rand();
  setstate(former);
  int second = rand();
  srand(9);
  outcome = first == rand() && second == rand() && first != other;
  srand48(4);
  long number = lrand48();
  unsigned short seed[3] = {0x330e, 4, 0};
  seed48(seed);
  if (number != lrand48()) outcome = 2;
}

TEST(seedsAreObeyed, "the C library's state: a seed gives the same numbers again") {
  for (int run = 0; run < 2; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, seeds), LKS_COMPLETED);
    lks_finish(exploration);
    CHECK_EQUAL(outcome, 1);
  }
}

static void splits(void) {
  char text[] = " one  two", *rest = NULL;
  outcome = !strcmp(strtok(text, " "), "one") && !strcmp(strtok(NULL, " "), "two") &&
            !strtok(NULL, " ");
  char other[] = "a,b";
  if (strcmp(strtok_r(other, ",", &rest), "a") || strcmp(strtok_r(NULL, ",", &rest), "b") ||
      strtok_r(NULL, ",", &rest))
    outcome = 2;
}

TEST(wordsAreFound, "the C library's state: words of a text come one after the other") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, splits), LKS_COMPLETED);
  lks_finish(exploration);
  CHECK_EQUAL(outcome, 1);
}
