import Dispatch
import Foundation
import Synchronization

/// By what threads keep each other out, or try to.
class Guard: @unchecked Sendable {
  func around(_ body: () -> Void) { body() }
}

/// A spin lock.
final class SpinGuard: Guard, @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_spinlock_t>.allocate(capacity: 1)

  override init() { pthread_spin_init(lock, 0) }
  deinit { lock.deallocate() }

  override func around(_ body: () -> Void) {
    pthread_spin_lock(lock)
    body()
    pthread_spin_unlock(lock)
  }
}

/// A semaphore of POSIX's that lets so many in at once.
final class SemaphoreGuard: Guard, @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init(permits: UInt32) { sem_init(semaphore, 0, permits) }
  deinit { semaphore.deallocate() }

  override func around(_ body: () -> Void) {
    sem_wait(semaphore)
    body()
    sem_post(semaphore)
  }
}

/// A semaphore of Dispatch's, which begins with none and is then given its permits.
final class DispatchSemaphoreGuard: Guard, @unchecked Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  init(permits: Int) {
    for _ in 0..<permits { semaphore.signal() }
  }

  override func around(_ body: () -> Void) {
    semaphore.wait()
    body()
    semaphore.signal()
  }
}

/// A lock of Foundation's, whichever.
final class LockingGuard: Guard, @unchecked Sendable {
  private let lock: any NSLocking

  init(_ lock: any NSLocking) { self.lock = lock }

  override func around(_ body: () -> Void) {
    lock.lock()
    body()
    lock.unlock()
  }
}

/// A lock of Synchronization's.
final class MutexGuard: Guard, @unchecked Sendable {
  private let lock = Mutex(())

  override func around(_ body: () -> Void) { lock.withLock { _ in body() } }
}

/// A queue, on which something is done synchronously.
final class QueueGuard: Guard, @unchecked Sendable {
  private let queue: DispatchQueue
  private let flags: DispatchWorkItemFlags

  init(_ attributes: DispatchQueue.Attributes = [], flags: DispatchWorkItemFlags = []) {
    queue = DispatchQueue(label: "guard", attributes: attributes)
    self.flags = flags
  }

  override func around(_ body: () -> Void) { queue.sync(flags: flags) { body() } }
}

/// A thread's part of the work.
private struct Worker {
  let total: UnsafeMutablePointer<Int>
  let increments: Int
  let keeper: Guard
}

extension CorpusProgram {
  /// A program of threads that add one to a total, each time within what its guard keeps others out of.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - summary: what it does.
  ///   - finding: what is wrong with it.
  ///   - classes: how many there are.
  ///   - guards: makes the guards of so many threads, which may be one.
  /// - Returns: the program.
  static func counting(
    _ name: String, _ summary: String, finding: String? = nil,
    classes: @escaping @Sendable ([Int]) -> Int?,
    guards: @escaping @Sendable (_ threads: Int) -> [Guard]
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: ["threads", "increments of each"], defaults: [2, 1],
      finding: finding, classes: classes
    ) { sizes in
      count(sizes[0], increments: sizes[1], guards(sizes[0]))
    }
  }

  private static func count(_ count: Int, increments: Int, _ guards: [Guard]) -> Int {
    let total = zeros(1, of: Int.self)
    let workers = UnsafeMutablePointer<Worker>.allocate(capacity: count)
    let threads = Threads(count: count)
    each(count) { index in
      workers.advanced(by: index).initialize(
        to: Worker(total: total, increments: increments, keeper: guards[index]))
      threads.start(index, workers.advanced(by: index)) { argument in
        let worker = given(argument, as: Worker.self).pointee
        each(worker.increments) { _ in worker.keeper.around { worker.total.pointee += 1 } }
        return nil
      }
    }
    threads.join()
    defer {
      workers.deinitialize(count: count)
      workers.deallocate()
      free(total)
    }
    return total.pointee
  }
}
