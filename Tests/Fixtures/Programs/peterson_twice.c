// Peterson's lock, taken twice: a thread's store to `turn` may come upon what it had read before, or
// store what it would have stored anyhow. Nothing is lost.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int wants[2], turn, inside;

static void *enter(void *argument) {
  int me = argument != NULL;
  for (int round = 0; round < 2; round++) {
    wants[me] = 1;
    turn = !me;
    while (wants[!me] && turn == !me) {
    }
    assert(++inside == 1);
    --inside;
    wants[me] = 0;
  }
  return NULL;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, NULL, enter, NULL);
  pthread_create(&second, NULL, enter, &second);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  return 0;
}
