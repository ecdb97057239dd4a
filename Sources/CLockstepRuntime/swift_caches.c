/// Caches of Swift's libraries that a program may have brought: of those that the runtime does without,
/// and so fills by the names that are part of their interface.
#include <dlfcn.h>

#include "runtime.h"

#define LKS_SWIFT __attribute__((swiftcall))
#define LKS_SELF __attribute__((swift_context)) const void *

typedef LKS_SWIFT void *Maker(LKS_SELF type);
typedef LKS_SWIFT void *MakerFromNumber(intptr_t number, LKS_SELF type);
typedef LKS_SWIFT void *MakerFromClosure(void (*function)(void), void *context, LKS_SELF type);
typedef LKS_SWIFT void Method(LKS_SELF object);

static void *find(const char *name) { return dlsym(RTLD_DEFAULT, name); }

/// A type's metadata, complete; NULL where its library is not there.
static const void *typeOf(const char *accessor) {
  const void *(*metadata)(size_t request) = (const void *(*)(size_t))find(accessor);
  return metadata ? metadata(0) : NULL;
}

static void call(const char *name, const void *object) {
  Method *method = object ? (Method *)find(name) : NULL;
  if (method) method(object);
}

static void discard(void *object) {
  void (*release)(void *) = (void (*)(void *))find("swift_release");
  if (object && release) release(object);
}

static void *make(const void *type, const char *initialiser) {
  Maker *maker = type ? (Maker *)find(initialiser) : NULL;
  return maker ? maker(type) : NULL;
}

static LKS_SWIFT void doNothing(void) {}

static void fillThreads(void) {
  const void *type = typeOf("$s10Foundation6ThreadCMa");
  MakerFromClosure *maker =
      type ? (MakerFromClosure *)find("$s10Foundation6ThreadC5blockACyyYbc_tcfC") : NULL;
  if (maker) discard(maker((void (*)(void))doNothing, NULL, type));
  // `Thread.current`
  discard(make(type, "$s10Foundation6ThreadC7currentACvgZ"));
}

void lks_fillLibraryCaches(void) {
  void *lock = make(typeOf("$s10Foundation6NSLockCMa"), "$s10Foundation6NSLockCACycfC");
  call("$s10Foundation6NSLockC4lockyyF", lock);
  call("$s10Foundation6NSLockC6unlockyyF", lock);
  discard(lock);
  void *condition =
      make(typeOf("$s10Foundation11NSConditionCMa"), "$s10Foundation11NSConditionCACycfC");
  call("$s10Foundation11NSConditionC9broadcastyyF", condition);
  discard(condition);
  fillThreads();
  const void *semaphore = typeOf("$s8Dispatch0A9SemaphoreCMa");
  MakerFromNumber *maker =
      semaphore ? (MakerFromNumber *)find("$s8Dispatch0A9SemaphoreC5valueACSi_tcfC") : NULL;
  if (maker) discard(maker(0, semaphore));
  typeOf("$s8Dispatch0A5QueueCMa");
}
