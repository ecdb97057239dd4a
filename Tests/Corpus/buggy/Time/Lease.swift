import Foundation

/// Something that is one's own until a time, and then somebody else's.
private final class Lease: @unchecked Sendable {
  var user = 0
  let end = Date(timeIntervalSinceNow: 10)
  let lock = NSLock()
  let isOver = DispatchSemaphore(value: 0)
}

extension CorpusProgram {
  /// Whoever has the lease looks at the clock and then uses what it is for.
  ///
  /// It looks after the other has slept for longer than the lease goes, and finds it over: one class. Or it
  /// looks before: then both use it, in either order.
  static let expiredLease = CorpusProgram(
    "lease",
    "a thread uses what it has until a time, if a look at the clock says that it is before",
    parameters: [], defaults: [], finding: "dataRace", classes: { _ in 3 }
  ) { _ in
    let lease = Lease()
    succeed(lease) { lease.user = 2 }
    if Date() < lease.end { lease.user = 1 }
    lease.isOver.wait()
    return lease.user
  }

  /// The look and the use are behind a lock, and so is the other's use.
  ///
  /// If the look is before the end of the other's sleep, that one waits for the lock: one class. If it is
  /// after, it finds the lease over, behind the lock before the other or after it: two.
  static let lockedLease = CorpusProgram(
    "lease-fixed", "the same behind a lock, as is what the next one does with it", parameters: [],
    defaults: [], classes: { _ in 3 }
  ) { _ in
    let lease = Lease()
    succeed(lease) { lease.lock.withLock { lease.user = 2 } }
    lease.lock.withLock { if Date() < lease.end { lease.user = 1 } }
    lease.isOver.wait()
    return lease.user
  }

  /// Lets another thread do something when the lease is over.
  private static func succeed(_ lease: Lease, _ use: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 20)
      use()
      lease.isOver.signal()
    }
  }

  /// A sleep is long, but it orders nothing: the result is read before it is written, or after.
  static let sleptInstead = CorpusProgram(
    "thread-sleep", "a thread's result is read after an hour's sleep, not after the thread",
    parameters: [], defaults: [], finding: "dataRace", classes: { _ in 2 }
  ) { _ in
    let result = Given()
    Thread.detachNewThread { result.value = 7 }
    Thread.sleep(forTimeInterval: 3600)
    return result.value
  }

  /// The thread says when it is there, and sleeps before that: there is nothing to choose.
  static let toldAfterSleep = CorpusProgram(
    "thread-sleep-fixed", "a thread's result is read when it says that it is there, after an hour",
    parameters: [], defaults: [], classes: { _ in 1 }
  ) { _ in
    let result = Given()
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 3600)
      result.value = 7
      done.signal()
    }
    done.wait()
    return result.value
  }
}
