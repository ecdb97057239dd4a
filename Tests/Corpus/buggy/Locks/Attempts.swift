internal import CorpusInC
import Foundation

/// A total that one thread adds to, and another looks at without waiting long.
private struct Watched {
  var total = 0
  let attempt: Attempt
  let heedsFailure: Bool
}

extension CorpusProgram {
  /// An attempt that comes to nothing is taken for one that did not, or is heeded.
  ///
  /// Whoever adds takes the lock (*l*), reads (*r*), writes (*w*) and gives it up (*u*). The attempt comes
  /// before *l* or after *u*, and has the lock: two classes. Or it comes between them, and has not. If that
  /// is heeded, nothing else happens: the third class. If not, the total is read before *w* or after it,
  /// which are two; to read it before or after *r* is the same.
  ///
  /// An attempt that tries before it waits may fail at first, and then have the lock: one class more.
  private static func pair(
    _ name: String, _ summary: String, triesFirst: Bool = false,
    _ make: @escaping @Sendable () -> Attempt
  ) -> [CorpusProgram] {
    let more = triesFirst ? 1 : 0
    return [
      CorpusProgram(
        name, "a thread looks at a total \(summary), whether it has the lock or not",
        parameters: [], defaults: [], finding: "dataRace", classes: { _ in 4 + more }
      ) { _ in watch(make(), heedsFailure: false) },
      CorpusProgram(
        "\(name)-fixed", "a thread looks at a total \(summary), if it has the lock",
        parameters: [], defaults: [], classes: { _ in 3 + more }
      ) { _ in watch(make(), heedsFailure: true) },
    ]
  }

  private static func watch(_ attempt: Attempt, heedsFailure: Bool) -> Int {
    withShared(Watched(attempt: attempt, heedsFailure: heedsFailure)) { watched in
      let threads = Threads(count: 2)
      threads.start(0, watched) { argument in
        let watched = given(argument, as: Watched.self)
        watched.pointee.attempt.around { watched.pointee.total += 1 }
        return nil
      }
      threads.start(1, watched) { argument in
        let watched = given(argument, as: Watched.self)
        var seen = 0
        let isHeld = watched.pointee.attempt.ifAvailable { seen = watched.pointee.total }
        if !isHeld, !watched.pointee.heedsFailure { seen = watched.pointee.total }
        return UnsafeMutableRawPointer(bitPattern: seen)
      }
      threads.join()
      return watched.pointee.total
    }
  }

  /// All that can be tried, or waited for until a time has come.
  static let attempts: [CorpusProgram] = [
    pair("trylock", "by a try") { MutexAttempt(pthread_mutex_trylock) },
    pair("timedlock", "within a minute") {
      MutexAttempt {
        var end = inAMinute()
        return pthread_mutex_timedlock($0, &end)
      }
    },
    pair("clocklock", "within a minute by a clock that nobody sets") {
      MutexAttempt {
        var end = inAMinute(CLOCK_MONOTONIC)
        return pthread_mutex_clocklock($0, CLOCK_MONOTONIC, &end)
      }
    },
    pair("inherit-trylock", "by a try of a mutex that hands priorities on") {
      MutexAttempt(protocol: PTHREAD_PRIO_INHERIT, pthread_mutex_trylock)
    },
    pair("spin-trylock", "by a try of a spin lock") { SpinAttempt() },
    pair("tryrdlock", "by a try to share a lock") { ReadWriteAttempt(pthread_rwlock_tryrdlock) },
    pair("timedrdlock", "within a minute, sharing a lock") {
      ReadWriteAttempt {
        var end = inAMinute()
        return pthread_rwlock_timedrdlock($0, &end)
      }
    },
    pair("trywrlock", "by a try of a read-write lock") {
      ReadWriteAttempt(pthread_rwlock_trywrlock)
    },
    pair("timedwrlock", "within a minute, having a read-write lock alone") {
      ReadWriteAttempt {
        var end = inAMinute()
        return pthread_rwlock_timedwrlock($0, &end)
      }
    },
    pair("clockrdlock", "within a minute by a clock that nobody sets, sharing a lock") {
      ReadWriteAttempt {
        var end = inAMinute(CLOCK_MONOTONIC)
        return pthread_rwlock_clockrdlock($0, CLOCK_MONOTONIC, &end)
      }
    },
    pair("clockwrlock", "within a minute by a clock that nobody sets, having a lock alone") {
      ReadWriteAttempt {
        var end = inAMinute(CLOCK_MONOTONIC)
        return pthread_rwlock_clockwrlock($0, CLOCK_MONOTONIC, &end)
      }
    },
    pair("trywait", "by a try of a semaphore") { SemaphoreAttempt(sem_trywait) },
    pair("timedwait", "within a minute, by a semaphore") {
      SemaphoreAttempt {
        var end = inAMinute()
        return sem_timedwait($0, &end)
      }
    },
    pair("clockwait", "within a minute by a clock that nobody sets, by a semaphore") {
      SemaphoreAttempt {
        var end = inAMinute(CLOCK_MONOTONIC)
        return sem_clockwait($0, CLOCK_MONOTONIC, &end)
      }
    },
    pair("dispatch-timeout", "within a minute, by a semaphore of Dispatch") {
      DispatchSemaphoreAttempt()
    },
    pair("nslock-try", "by a try of an NSLock") { LockingAttempt(NSLock()) { $0.try() } },
    pair("nslock-before", "within a minute, by an NSLock", triesFirst: true) {
      LockingAttempt(NSLock()) { $0.lock(before: Date(timeIntervalSinceNow: 60)) }
    },
    pair("nsrecursivelock-try", "by a try of an NSRecursiveLock") {
      LockingAttempt(NSRecursiveLock()) { $0.try() }
    },
    pair("mutex-try", "by a try of a Mutex") { SynchronizationAttempt() },
  ].flatMap(\.self)
}
