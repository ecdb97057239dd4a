/// What queues were made to be, for as long as the process lasts: an execution may meet one that
/// was made before it, or outside of any.
#include <link.h>

#include "dispatch.h"

extern void *dispatch_queue_create(const char *label, const void *attributes);
extern const void *dispatch_queue_attr_make_initially_inactive(const void *attributes);
extern const void *dispatch_queue_attr_make_with_autorelease_frequency(
    const void *attributes, unsigned long frequency);
extern const void *dispatch_queue_attr_make_with_qos_class(
    const void *attributes, unsigned quality, int priority);
extern char _dispatch_queue_attr_concurrent __attribute__((weak));

static LKSTable facts = {.entrySize = sizeof(LKSQueueFacts)};
static _Atomic bool factsAreLocked;

static void lockFacts(void) {
  while (atomic_exchange_explicit(&factsAreLocked, true, memory_order_acquire)) {
  }
}

static void unlockFacts(void) {
  atomic_store_explicit(&factsAreLocked, false, memory_order_release);
}

LKSQueueFacts lks_queueFacts(const void *object) {
  lockFacts();
  LKSQueueFacts *known = lks_tableFind(&facts, (uintptr_t)object, false);
  LKSQueueFacts result = known ? *known : (LKSQueueFacts){0};
  unlockFacts();
  if (object == &_dispatch_queue_attr_concurrent) result.isConcurrent = true;
  return result;
}

void lks_setQueueFacts(const void *object, LKSQueueFacts value) {
  if (!object) return;
  lockFacts();
  LKSQueueFacts *known = lks_tableFind(&facts, (uintptr_t)object, true);
  if (known) {
    value.key = (uintptr_t)object;
    *known = value;
  }
  unlockFacts();
}

const void *dispatch_queue_attr_make_initially_inactive(const void *attributes) {
  const void *made = LKS_REAL(dispatch_queue_attr_make_initially_inactive)(attributes);
  LKSQueueFacts known = attributes ? lks_queueFacts(attributes) : (LKSQueueFacts){0};
  known.isInactive = true;
  lks_setQueueFacts(made, known);
  return made;
}

const void *dispatch_queue_attr_make_with_autorelease_frequency(
    const void *attributes, unsigned long frequency) {
  const void *made =
      LKS_REAL(dispatch_queue_attr_make_with_autorelease_frequency)(attributes, frequency);
  lks_setQueueFacts(made, attributes ? lks_queueFacts(attributes) : (LKSQueueFacts){0});
  return made;
}

const void *dispatch_queue_attr_make_with_qos_class(
    const void *attributes, unsigned quality, int priority) {
  const void *made =
      LKS_REAL(dispatch_queue_attr_make_with_qos_class)(attributes, quality, priority);
  lks_setQueueFacts(made, attributes ? lks_queueFacts(attributes) : (LKSQueueFacts){0});
  return made;
}

/// Where libdispatch lies.
typedef struct LKSImage {
  uintptr_t start, end;
} LKSImage;

static int findImage(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  LKSImage *image = argument;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    if (header->p_type != PT_LOAD || (uintptr_t)&_dispatch_main_q - start >= header->p_memsz)
      continue;
    image->start = start;
    image->end = start + header->p_memsz;
    return 1;
  }
  return 0;
}

bool lks_isWatched(LKSExploration *exploration, uint64_t name) {
  return lks_tableFind(&exploration->watched, name, false);
}

bool lks_watchFromNow(LKSExploration *exploration, uint64_t name) {
  if (!lks_learns(exploration)) return false;
  if (!lks_tableFind(&exploration->watched, name, true))
    lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  return true;
}

bool lks_isRootQueue(const void *queue) {
  static LKSImage image;
  if (!image.end && &_dispatch_main_q) dl_iterate_phdr(findImage, &image);
  return queue != (void *)&_dispatch_main_q && (uintptr_t)queue >= image.start &&
         (uintptr_t)queue < image.end;
}

static void noteQueue(void *queue, const void *attributes, void *target, uintptr_t caller) {
  LKSQueueFacts known = attributes ? lks_queueFacts(attributes) : (LKSQueueFacts){0};
  known.target = target && !lks_isRootQueue(target) ? (uintptr_t)target : 0;
  known.isOfTasks = lks_isTaskLibrary(caller);
  lks_setQueueFacts(queue, known);
}

void *dispatch_queue_create(const char *label, const void *attributes) {
  uintptr_t caller = LKS_CALLER;
  void *queue = LKS_REAL(dispatch_queue_create)(label, attributes);
  noteQueue(queue, attributes, NULL, caller);
  return queue;
}

#define LKS_CREATE_WITH_TARGET "dispatch_queue_create_with_target"
void *lks_createWithTarget(const char *label, const void *attributes, void *target) __asm__(
    LKS_CREATE_WITH_TARGET);
void *lks_createWithTarget(const char *label, const void *attributes, void *target) {
  uintptr_t caller = LKS_CALLER;
  typedef void *Create(const char *, const void *, void *);
  void *queue = ((Create *)lks_next(LKS_CREATE_WITH_TARGET))(label, attributes, target);
  noteQueue(queue, attributes, target, caller);
  return queue;
}

bool lks_isTaskQueue(const void *queue) { return lks_queueFacts(queue).isOfTasks; }
