/// What a thread waits for without a time limit, and who can end that.
struct Wait: Equatable {
  enum Kind: String {
    case mutex, swiftMutex, readLock, writeLock, semaphore, condition, join, queue, futex
  }

  /// Who can end the wait.
  enum Wakers: Equatable {
    /// Only one of these threads: owners of a lock, or the thread that is joined.
    case owners([Int32])
    /// As far as has been seen, these: a semaphore that only its takers post.
    case takers([Int32])
    /// Any thread of the process.
    case anyone

    var threads: [Int32] {
      switch self {
      case .owners(let threads), .takers(let threads): threads
      case .anyone: []
      }
    }
  }

  var kind: Kind
  var object: UInt
  var wakers: Wakers
}

/// What a thread does, as far as it matters for whether the process can go on.
enum ThreadActivity: Equatable {
  /// It runs, or sleeps where something from outside or the time that passes can wake it.
  case mayRun
  /// It waits for work of the process's own, and without any it does nothing.
  case idle
  case waits(Wait)
}
