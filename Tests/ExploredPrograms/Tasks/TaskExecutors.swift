import Foundation
import Synchronization

/// A serial executor of one's own that runs its jobs on a thread.
private final class ThreadExecutor: SerialExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let available = DispatchSemaphore(value: 0)

  init() {
    Thread.detachNewThread { [self] in
      for _ in 0..<2 {
        available.wait()
        let job = jobs.withLock { $0.removeFirst() }
        job.runSynchronously(on: asUnownedSerialExecutor())
      }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    available.signal()
  }
}

private actor Worker {
  private let executor = ThreadExecutor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  var count = 0
  func work() -> Int {
    count += 1
    return count
  }
}

/// Two tasks go to an actor with an executor of its own.
public func customExecutor() async -> Int {
  let worker = Worker()
  async let first = worker.work()
  async let second = worker.work()
  return await first * 10 + second
}

/// A task that waits in a pool's thread for one that comes after.
public func semaphoreInTask() async -> Int {
  let semaphore = DispatchSemaphore(value: 0)
  let waiter = Task.detached {
    semaphore.wait()
    return 1
  }
  Task.detached { semaphore.signal() }
  return await waiter.value
}
