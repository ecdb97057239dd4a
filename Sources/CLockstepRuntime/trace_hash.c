/// A number that stands for what an execution shows: two of one number show the same.
///
/// Steps of different threads that only access different memory, or only read it, commute: which of them
/// came first is left out, and with it who could have taken a step's place. All else counts: what each
/// thread did with which values, the order of accesses to a word, and that of all other steps.
#include "runtime.h"

/// Places for the words that an execution accesses.
#define LKS_MAXIMUM_WORDS 512
/// Words that one access may have.
#define LKS_MAXIMUM_ACCESS_WORDS 8

typedef struct {
  uint64_t key;
  /// The latest change, and the sum of the looks since.
  uint64_t change, looks;
} Word;

typedef struct {
  /// By thread, all that it did so far; and the order of steps that are no accesses.
  uint64_t threads[LKS_MAXIMUM_THREADS];
  uint64_t order;
  Word words[LKS_MAXIMUM_WORDS];
  uint32_t wordCount;
  /// Where even commuting steps are kept in order.
  bool keepsOrder;
} State;

static inline uint64_t mixed(uint64_t lane, uint64_t word) {
  const uint64_t odd = 0x9E3779B97F4A7C15u;
  unsigned __int128 product = (unsigned __int128)(lane ^ word) * odd;
  return (uint64_t)product + (uint64_t)(product >> 64) + odd;
}

/// What a step did, whenever it did it.
static uint64_t deedOf(const LKSEvent *event) {
  uint64_t kind = event->size | (uint64_t)event->thread << 32 | (uint64_t)event->kind << 40 |
                  (uint64_t)event->order << 48 | (uint64_t)event->flags << 56;
  uint64_t object = mixed(mixed(event->object, event->other), event->otherSize);
  uint64_t place = event->programCounter ^ (uint64_t)event->caller << 48;
  return mixed(mixed(event->value, place) ^ object, kind);
}

static bool isAccess(const LKSEvent *event) {
  return event->kind >= LKS_READ && event->kind <= LKS_OPAQUE_READ_WRITE;
}

/// Whether who comes first tells something although the steps commute: a thread that waits may have had
/// to, or not.
static bool keepsOrder(const LKSEvent *event) {
  return event->kind == LKS_WAIT || event->kind == LKS_SEMAPHORE_WAIT || event->flags & LKS_AWAITS ||
         (isAccess(event) && event->size > 8 * (LKS_MAXIMUM_ACCESS_WORDS - 1));
}

/// The state of a word, or NULL where there are too many of them.
static Word *wordOf(State *state, uint64_t key) {
  uint32_t place = (uint32_t)(mixed(key, 0) >> 40);
  for (;; place++) {
    Word *word = &state->words[place % LKS_MAXIMUM_WORDS];
    if (word->key == key) return word;
    if (word->key) continue;
    if (state->wordCount == LKS_MAXIMUM_WORDS / 2) return NULL;
    state->wordCount++;
    word->key = key;
    return word;
  }
}

/// Takes an access's place among those of each word; false where there are too many words.
static bool meetAccess(State *state, const LKSEvent *event) {
  uint64_t first = event->object >> 3, last = (event->object + (event->size ? event->size - 1 : 0)) >> 3;
  Word *words[LKS_MAXIMUM_ACCESS_WORDS];
  uint64_t deed = mixed(deedOf(event), state->threads[event->thread]);
  for (uint64_t key = first; key <= last; key++) {
    Word *word = words[key - first] = wordOf(state, key + 1);
    if (!word) return false;
    deed = mixed(deed, word->change);
    if (event->kind != LKS_READ) deed = mixed(deed, word->looks);
  }
  for (uint64_t key = first; key <= last; key++) {
    Word *word = words[key - first];
    if (event->kind == LKS_READ) {
      word->looks += deed;
      continue;
    }
    word->change = deed;
    word->looks = 0;
  }
  state->threads[event->thread] = deed;
  return true;
}

static void meetInOrder(State *state, const LKSEvent *event) {
  uint64_t deed = mixed(mixed(deedOf(event), state->threads[event->thread]), state->order);
  state->order = deed;
  state->threads[event->thread] = deed;
}

static bool gather(const LKSExploration *exploration, State *state) {
  for (size_t index = 0; index < exploration->traceCount; index++) {
    const LKSEvent *event = &exploration->trace[index];
    if (!state->keepsOrder && keepsOrder(event)) return false;
    if (state->keepsOrder || !isAccess(event))
      meetInOrder(state, event);
    else if (!meetAccess(state, event))
      return false;
  }
  return true;
}

uint64_t lks_traceHash(const LKSExploration *exploration) {
  State state = {0};
  if (!gather(exploration, &state)) {
    state = (State){.keepsOrder = true};
    gather(exploration, &state);
  }
  uint64_t hash = mixed(state.order, exploration->traceCount);
  for (uint32_t thread = 0; thread < exploration->threadCount; thread++)
    hash = mixed(hash, state.threads[thread]);
  for (size_t index = 0; index < exploration->blockedCount; index++) {
    const LKSBlocked *blocked = &exploration->blocked[index];
    uint64_t small = blocked->thread | (uint64_t)blocked->kind << 8 | (uint64_t)blocked->awaits << 16 |
                     (uint64_t)blocked->holder << 24;
    hash = mixed(mixed(hash, blocked->object), blocked->other);
    hash = mixed(mixed(hash, blocked->programCounter), small);
  }
  return hash;
}
