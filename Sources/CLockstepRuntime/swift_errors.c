/// Where a Swift error is thrown; and one check of Swift's that abandoned threads would fail.
#include "runtime.h"

#define LKS_SWIFT __attribute__((swiftcall))
#define LKS_SELF __attribute__((swift_context))
#define LKS_ERROR __attribute__((swift_error_result))

static _Atomic(LKSErrorDescriber) errorDescriber;

void lks_setErrorDescriber(LKSErrorDescriber describer) {
  atomic_store(&errorDescriber, describer);
}

const char *lks_errorText(const LKSExploration *exploration, uint64_t value) {
  return value && value <= exploration->errorCount ? exploration->errorTexts[value - 1] : "";
}

/// Describes an error while it lives; 0 when there is no need or no room.
static uint64_t keepDescription(LKSThread *thread, const void *error) {
  LKSExploration *exploration = thread->exploration;
  LKSErrorDescriber describe = atomic_load(&errorDescriber);
  bool keeps = exploration->plan.detailed && exploration->errorCount < LKS_MAXIMUM_ERRORS;
  if (!keeps || !describe || !error) return 0;
  char *text = exploration->errorTexts[exploration->errorCount++];
  text[0] = 0;
  thread->inRuntime++;
  describe(error, text, sizeof exploration->errorTexts[0]);
  thread->inRuntime--;
  return exploration->errorCount;
}

static void noteThrow(const void *error, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  lks_settleExternal(thread);
  uint64_t description = keepDescription(thread, error);
  lks_annotate(thread, LKS_THROW, lks_threadObject(thread->index), description, caller);
}

extern LKS_SWIFT void swift_willThrow(LKS_SELF void *unused, LKS_ERROR void **error);
LKS_SWIFT void swift_willThrow(LKS_SELF void *unused, LKS_ERROR void **error) {
  noteThrow(*error, LKS_CALLER);
  LKS_REAL(swift_willThrow)(unused, error);
}

extern void swift_willThrowTypedImpl(void *value, const void *type, const void *witness);
void swift_willThrowTypedImpl(void *value, const void *type, const void *witness) {
  noteThrow(NULL, LKS_CALLER);
  LKS_REAL(swift_willThrowTypedImpl)(value, type, witness);
}

// MARK: Closures

static __thread bool permitsEscape;

void lks_permitEscape(void) { permitsEscape = true; }

extern bool swift_isEscapingClosureAtFileLocation(
    const void *closure, const unsigned char *file, int32_t fileLength, int32_t line,
    int32_t column, unsigned verification);

/// What `withoutActuallyEscaping` asks at its end. Threads that an execution left in the middle of
/// their frames keep a test's closure for good, and will never call it.
bool swift_isEscapingClosureAtFileLocation(
    const void *closure, const unsigned char *file, int32_t fileLength, int32_t line,
    int32_t column, unsigned verification) {
  bool isPermitted = permitsEscape;
  permitsEscape = false;
  return !isPermitted && LKS_REAL(swift_isEscapingClosureAtFileLocation)(
                             closure, file, fileLength, line, column, verification);
}
