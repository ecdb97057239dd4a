// Jobs of tasks as plain calls, one after another, on one thread.
static struct {
  void *context;
  void (*work)(void *);
} jobs[1024];
static unsigned first, next;

// Taken instead of libdispatch's, which libswift_Concurrency hands its jobs to.
void dispatch_async_f(void *queue, void *context, void (*work)(void *)) {
  (void)queue;
  jobs[next % 1024].context = context;
  jobs[next++ % 1024].work = work;
}

void runJobs(void) {
  for (; first != next; first++) jobs[first % 1024].work(jobs[first % 1024].context);
}
