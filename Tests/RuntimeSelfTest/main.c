#include "selftest.h"

#include <stdarg.h>

int outcome;
LKSExploration *exploration;
LKSMode mode;

static Test *tests;
static int failures;
static const char *testName;

void addTest(Test *test) {
  Test **link = &tests;
  while (*link && strcmp((*link)->name, test->name) < 0) link = &(*link)->next;
  test->next = *link;
  *link = test;
}

void failed(const char *file, int line, const char *condition, const char *format, ...) {
  failures++;
  const char *slash = strrchr(file, '/');
  fprintf(stderr, "FAILED %s: %s:%d: %s ", testName, slash ? slash + 1 : file, line, condition);
  va_list list;
  va_start(list, format);
  vfprintf(stderr, format, list);
  va_end(list);
  fputc('\n', stderr);
}

/// All pairs depend on each other but two reads: enough, since only sleeping threads ask.
static const uint8_t *dependence(void) {
  static uint8_t matrix[LKS_KIND_COUNT * LKS_KIND_COUNT];
  memset(matrix, 1, sizeof matrix);
  matrix[LKS_READ * LKS_KIND_COUNT + LKS_READ] = 0;
  return matrix;
}

static void runAll(const char *modeName, const char *only) {
  int count = 0;
  for (Test *test = tests; test; test = test->next) {
    if (only && !strstr(test->name, only)) continue;
    count++;
    testName = test->name;
    exploration = lks_explorationCreate(mode, dependence());
    if (!exploration) {
      fprintf(stderr, "no memory for an exploration\n");
      exit(1);
    }
    test->run();
    lks_explorationDestroy(exploration);
  }
  printf("%d tests, %s, %d failures\n", count, modeName, failures);
}

/// selftest adopt|hand-over|both [PART OF A NAME]
int main(int argumentCount, char **arguments) {
  const char *modes = argumentCount > 1 ? arguments[1] : "both";
  const char *only = argumentCount > 2 ? arguments[2] : NULL;
  if (strcmp(modes, "hand-over") != 0) {
    if (lks_canAdoptContexts()) {
      mode = LKS_ADOPT_CONTEXTS;
      runAll("adopted contexts", only);
    } else {
      printf("skipped: this machine does not let one thread adopt another's context\n");
    }
  }
  if (strcmp(modes, "adopt") != 0) {
    mode = LKS_HAND_OVER;
    runAll("hand-over", only);
  }
  return failures ? 1 : 0;
}
