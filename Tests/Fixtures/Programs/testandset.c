// Locks made of one bit, by whatever sets it and tells what it was before.
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static atomic_flag flag = ATOMIC_FLAG_INIT;
static atomic_uint bits;
static int total;

static void byFlag(void) {
  while (atomic_flag_test_and_set(&flag)) {}
  total++;
  atomic_flag_clear(&flag);
}

static void byExchange(void) {
  while (atomic_exchange_explicit(&bits, 1, memory_order_acquire)) {}
  total++;
  atomic_store_explicit(&bits, 0, memory_order_release);
}

static void byOr(void) {
  while (atomic_fetch_or(&bits, 1) & 1) {}
  total++;
  atomic_fetch_and(&bits, ~1u);
}

/// Gives the lock up too early.
static void early(void) {
  while (atomic_exchange(&bits, 1)) {}
  atomic_store(&bits, 0);
  total++;
}

static void *work(void *argument) {
  for (int round = 0; round < 2; round++) ((void (*)(void))argument)();
  return NULL;
}

int main(int count, char **arguments) {
  const char *how = count > 1 ? arguments[1] : "";
  void (*section)(void) = strcmp(how, "flag") == 0    ? byFlag
                          : strcmp(how, "or") == 0    ? byOr
                          : strcmp(how, "early") == 0 ? early
                                                      : byExchange;
  pthread_t threads[2];
  for (int index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, work, (void *)section);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  return total != 4;
}
