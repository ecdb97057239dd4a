import Dispatch
import Foundation
import Synchronization

/// A guard that can also be tried, which may come to nothing.
class Attempt: Guard, @unchecked Sendable {
  /// Does something within the guard, if it is to be had in time; whether it was.
  func ifAvailable(_ body: () -> Void) -> Bool { false }
}

/// A mutex of POSIX's, and one of the ways to try it.
final class MutexAttempt: Attempt, @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let take: (UnsafeMutablePointer<pthread_mutex_t>) -> CInt

  init(
    protocol: Int = PTHREAD_PRIO_NONE,
    _ take: @escaping (UnsafeMutablePointer<pthread_mutex_t>) -> CInt
  ) {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_setprotocol(&attributes, CInt(`protocol`))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
    self.take = take
  }
  deinit { mutex.deallocate() }

  override func around(_ body: () -> Void) {
    pthread_mutex_lock(mutex)
    body()
    pthread_mutex_unlock(mutex)
  }

  override func ifAvailable(_ body: () -> Void) -> Bool {
    guard take(mutex) == 0 else { return false }
    body()
    pthread_mutex_unlock(mutex)
    return true
  }
}

/// A read-write lock, and one of the ways to try it.
final class ReadWriteAttempt: Attempt, @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
  private let take: (UnsafeMutablePointer<pthread_rwlock_t>) -> CInt

  init(_ take: @escaping (UnsafeMutablePointer<pthread_rwlock_t>) -> CInt) {
    pthread_rwlock_init(lock, nil)
    self.take = take
  }
  deinit { lock.deallocate() }

  override func around(_ body: () -> Void) {
    pthread_rwlock_wrlock(lock)
    body()
    pthread_rwlock_unlock(lock)
  }

  override func ifAvailable(_ body: () -> Void) -> Bool {
    guard take(lock) == 0 else { return false }
    body()
    pthread_rwlock_unlock(lock)
    return true
  }
}

/// A spin lock.
final class SpinAttempt: Attempt, @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_spinlock_t>.allocate(capacity: 1)

  override init() { pthread_spin_init(lock, 0) }
  deinit { lock.deallocate() }

  override func around(_ body: () -> Void) {
    pthread_spin_lock(lock)
    body()
    pthread_spin_unlock(lock)
  }

  override func ifAvailable(_ body: () -> Void) -> Bool {
    guard pthread_spin_trylock(lock) == 0 else { return false }
    body()
    pthread_spin_unlock(lock)
    return true
  }
}

/// A semaphore of POSIX's with one permit, and one of the ways to try it.
final class SemaphoreAttempt: Attempt, @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private let take: (UnsafeMutablePointer<sem_t>) -> CInt

  init(_ take: @escaping (UnsafeMutablePointer<sem_t>) -> CInt) {
    sem_init(semaphore, 0, 1)
    self.take = take
  }
  deinit { semaphore.deallocate() }

  override func around(_ body: () -> Void) {
    sem_wait(semaphore)
    body()
    sem_post(semaphore)
  }

  override func ifAvailable(_ body: () -> Void) -> Bool {
    guard take(semaphore) == 0 else { return false }
    body()
    sem_post(semaphore)
    return true
  }
}

/// A semaphore of Dispatch's with one permit, for which nobody waits long.
final class DispatchSemaphoreAttempt: Attempt, @unchecked Sendable {
  private let semaphore = DispatchSemaphore(value: 1)

  override func around(_ body: () -> Void) {
    semaphore.wait()
    body()
    semaphore.signal()
  }

  override func ifAvailable(_ body: () -> Void) -> Bool {
    guard semaphore.wait(timeout: .now() + 60) == .success else { return false }
    body()
    semaphore.signal()
    return true
  }
}

/// A lock of Foundation's, and one of the ways to try it.
final class LockingAttempt<Lock: NSLocking>: Attempt, @unchecked Sendable {
  private let lock: Lock
  private let take: (Lock) -> Bool

  init(_ lock: Lock, _ take: @escaping (Lock) -> Bool) {
    self.lock = lock
    self.take = take
  }

  override func around(_ body: () -> Void) {
    lock.lock()
    body()
    lock.unlock()
  }

  override func ifAvailable(_ body: () -> Void) -> Bool {
    guard take(lock) else { return false }
    body()
    lock.unlock()
    return true
  }
}

/// A lock of Synchronization's.
final class SynchronizationAttempt: Attempt, @unchecked Sendable {
  private let lock = Mutex(())

  override func around(_ body: () -> Void) { lock.withLock { _ in body() } }

  override func ifAvailable(_ body: () -> Void) -> Bool {
    lock.withLockIfAvailable { _ in body() } != nil
  }
}
