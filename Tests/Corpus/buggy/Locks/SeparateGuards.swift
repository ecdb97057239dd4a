import Foundation

extension CorpusProgram {
  /// Guards that keep nobody out: the classes are those of no guard at all, unless the guard itself
  /// counts who came first.
  private static func open(
    _ name: String, _ summary: String,
    classes: @escaping @Sendable ([Int]) -> Int? = race.classes,
    _ guards: @escaping @Sendable (_ threads: Int) -> [Guard]
  ) -> CorpusProgram {
    counting(name, summary, finding: "lostUpdate", classes: classes, guards: guards)
  }

  /// A semaphore's count is what each step on it finds: that was seen, and is not derived.
  private static let wideClasses: @Sendable ([Int]) -> Int? = { $0 == [2, 1] ? 18 : nil }

  /// A guard of each thread's own.
  private static func own(
    _ name: String, _ summary: String, _ make: @escaping @Sendable () -> Guard
  ) -> CorpusProgram {
    open(name, summary) { count in (0..<count).map { _ in make() } }
  }

  /// Each keeps out nobody but its own thread.
  static let separateGuards = [
    own("spinlock-own", "threads count, each behind a spin lock of its own") { SpinGuard() },
    own("nslock-own", "threads count, each behind an NSLock of its own") { LockingGuard(NSLock()) },
    own("nsrecursivelock-own", "threads count, each behind an NSRecursiveLock of its own") {
      LockingGuard(NSRecursiveLock())
    },
    own("nscondition-own", "threads count, each behind an NSCondition of its own") {
      LockingGuard(NSCondition())
    },
    own("mutex-own", "threads count, each behind a Mutex of its own") { MutexGuard() },
    own("queuelock-own", "threads count, each on a serial queue of its own") { QueueGuard() },
    open("barrier-forgotten", "threads count on a concurrent queue, without barriers") {
      Array(repeating: QueueGuard(.concurrent), count: $0)
    },
    open(
      "semaphore-wide", "threads count behind a semaphore that lets all of them in",
      classes: wideClasses
    ) {
      Array(repeating: SemaphoreGuard(permits: UInt32($0)), count: $0)
    },
    open("dispatch-semaphore-wide", "the same behind a semaphore of Dispatch", classes: wideClasses)
    {
      Array(repeating: DispatchSemaphoreGuard(permits: $0), count: $0)
    },
  ]
}
