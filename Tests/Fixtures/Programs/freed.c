// A block that one thread frees while another may still use it: freed HOW, where
//   race      nothing orders the two
//   ordered   a lock does, one way or the other, but nobody asks which
//   handed    the last of two to come frees it, as a count under a lock says
//   own       a thread uses what it has freed itself
//   moved     realloc gives the block back
//   private   each frees what is its own
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
  int value, users;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct node *node;
static const char *how;
static int sum;

static int is(const char *name) { return strcmp(how, name) == 0; }

static void leave(void) {
  pthread_mutex_lock(&lock);
  sum += node->value;
  int left = --node->users;
  pthread_mutex_unlock(&lock);
  if (left == 0) free(node);
}

static void *use(void *argument) {
  if (is("handed")) {
    leave();
  } else if (is("private")) {
    int *own = malloc(sizeof *own);
    *own = 1;
    pthread_mutex_lock(&lock);
    sum += *own;
    pthread_mutex_unlock(&lock);
    free(own);
  } else if (is("ordered")) {
    pthread_mutex_lock(&lock);
    sum += node->value;
    pthread_mutex_unlock(&lock);
  } else if (!is("own")) {
    sum += node->value;
  }
  return argument;
}

int main(int argc, char **argv) {
  how = argc > 1 ? argv[1] : "race";
  node = malloc(sizeof *node);
  *node = (struct node){1, 2};
  pthread_t user;
  pthread_create(&user, NULL, use, NULL);
  if (is("handed")) {
    leave();
  } else if (is("ordered")) {
    pthread_mutex_lock(&lock);
    free(node);
    pthread_mutex_unlock(&lock);
  } else if (is("race")) {
    free(node);
  } else if (is("moved")) {
    node = realloc(node, 4096);
  } else if (is("private")) {
    use(NULL);
  } else {
    free(node);
    sum += node->value;
  }
  pthread_join(user, NULL);
  printf("%d\n", sum);
  return 0;
}
