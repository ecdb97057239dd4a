import Foundation
import Synchronization

/// Variables that reports call by their names.
final class Cells: @unchecked Sendable {
  var cell0 = 0
  var cell1 = 0
  var cell2 = 0
  var cell3 = 0
  var cell4 = 0
  var cell5 = 0

  @inline(never)
  func load(_ index: Int) -> Int {
    switch index {
    case 0: cell0
    case 1: cell1
    case 2: cell2
    case 3: cell3
    case 4: cell4
    default: cell5
    }
  }

  @inline(never)
  func store(_ value: Int, in index: Int) {
    switch index {
    case 0: cell0 = value
    case 1: cell1 = value
    case 2: cell2 = value
    case 3: cell3 = value
    case 4: cell4 = value
    default: cell5 = value
    }
  }

  // The same again, so that reports tell who it was.

  @inline(never)
  func loadUnprotected(_ index: Int) -> Int {
    switch index {
    case 0: cell0
    case 1: cell1
    case 2: cell2
    case 3: cell3
    case 4: cell4
    default: cell5
    }
  }

  @inline(never)
  func storeUnprotected(_ value: Int, in index: Int) {
    switch index {
    case 0: cell0 = value
    case 1: cell1 = value
    case 2: cell2 = value
    case 3: cell3 = value
    case 4: cell4 = value
    default: cell5 = value
    }
  }
}

/// What the threads of one execution of a `SharingProgram` share.
struct SharedWorld: @unchecked Sendable {
  /// Everything there is but cells, so many of each.
  static let capacity = 8

  let cells = Cells()
  // Unsafe pointers, so that an access in the source is one access in the program.
  let flags = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: capacity)
  let locks = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: capacity)
  let conditions = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: capacity)
  /// Whether a condition's event has happened.
  let happened = UnsafeMutablePointer<Bool>.allocate(capacity: capacity)
  let semaphores = UnsafeMutablePointer<sem_t>.allocate(capacity: capacity)

  init() {
    for index in 0..<Self.capacity {
      (flags + index).initialize(to: Atomic(0))
      pthread_mutex_init(locks + index, nil)
      pthread_cond_init(conditions + index, nil)
      (happened + index).initialize(to: false)
      sem_init(semaphores + index, 0, 0)
    }
  }

  /// A thread may have ended that holds one of the locks: to destroy that would be an error of its own.
  func deallocate() {
    flags.deallocate()
    locks.deallocate()
    conditions.deallocate()
    happened.deallocate()
    semaphores.deallocate()
  }
}
