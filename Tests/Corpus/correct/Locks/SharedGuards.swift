import Foundation

extension CorpusProgram {
  /// The critical sections in every order, whatever keeps them apart.
  private static func shared(
    _ name: String, _ summary: String, _ make: @escaping @Sendable () -> Guard
  ) -> CorpusProgram {
    counting(
      name, summary, classes: { arrangements(threads: $0[0], sections: $0[1]) }
    ) { count in Array(repeating: make(), count: count) }
  }

  /// One guard for all threads.
  static let sharedGuards = [
    shared("semaphore", "threads count behind a semaphore") { SemaphoreGuard(permits: 1) },
    shared("dispatch-semaphore", "threads count behind a semaphore of Dispatch") {
      DispatchSemaphoreGuard(permits: 1)
    },
    shared("nslock", "threads count behind an NSLock") { LockingGuard(NSLock()) },
    shared("nsrecursivelock", "threads count behind an NSRecursiveLock") {
      LockingGuard(NSRecursiveLock())
    },
    shared("nscondition", "threads count behind an NSCondition") { LockingGuard(NSCondition()) },
    shared("mutex", "threads count behind a Mutex") { MutexGuard() },
    shared("barrier", "threads count by barriers of a concurrent queue") {
      QueueGuard(.concurrent, flags: .barrier)
    },
  ]
}
