import LockstepEngine

/// A small threaded program, as the tests' own machine runs it.
///
/// Thread 0 starts; the others run once somebody creates them. Cells of memory have four bytes, and
/// cells 2n and 2n+1 share a word.
struct Program: Hashable {
  enum Instruction: Hashable {
    case read(Int)
    /// Reads without a trace in the thread: what it read last stays.
    case peek(Int)
    /// Writes what the thread read last, plus this.
    case write(Int, adding: Int)
    case store(Int, Int)
    case add(Int)
    case atomicLoad(Int, Event.Order)
    case atomicStore(Int, Int, Event.Order)
    /// Adds one, and counts as reading what was there before.
    case atomicAdd(Int, Event.Order)
    case fence(Event.Order)
    /// Succeeds if the cell holds what the thread read last, and then adds one.
    case compareAndSwap(Int)
    /// Reads both cells of a word in one access.
    case readPair(Int)
    case appendOpaque(Int)
    /// Taking a lock twice is not seen; giving up one that is not held does nothing.
    case lock(Int)
    case unlock(Int)
    /// Counts as reading 1 where it succeeds, and 0 where it does not.
    case tryLock(Int)
    case wait(condition: Int, lock: Int)
    case signal(Int)
    case broadcast(Int)
    case semaphoreWait(Int)
    case semaphoreSignal(Int)
    /// Counts as reading 1 where it succeeds, and 0 where it does not.
    case semaphoreTryWait(Int)
    case semaphoreRead(Int)
    /// A wait that may time out; counts as reading 1 where a signal ended it, and 0 where none did.
    case timedWait(condition: Int, lock: Int)
    /// Not seen by a thread that holds the lock exclusively.
    case lockShared(Int)
    case unlockShared(Int)
    case tryLockShared(Int)
    /// Waits until as many threads came as `barriers` says.
    case arrive(Int)
    case sleep(Int)
    /// Counts as reading what all sleeps so far come to.
    case readClock
    case once(Int)
    case output
    /// A call of a library that keeps the order of its calls on an object.
    case call(Int)
    /// A call that only asks how many calls there were.
    case sharedCall(Int)
    /// Does a part of what others wait for; they wait for all parts.
    case complete(Int)
    case awaitCompletion(Int)
    /// Looks at the cells in turn until one is not zero: a look that was taken before awaits a change.
    case spin([Int])
    /// Reads a cell in a critical section until it is not zero: to take the lock again awaits a change.
    case poll(Int, lock: Int, isShared: Bool)
    case spawn(Int)
    case join(Int)
    /// Gives way before the thread's next step.
    case yield
    /// Ends the thread if it read zero last.
    case endIfZero
    /// Leaves out so many instructions unless what the thread read last is one of these.
    case skip(Int, unless: ClosedRange<Int>)
  }

  var threads: [[Instruction]]
  var cellCount = 4
  var semaphores = [0, 0]
  var barriers = [2, 3]
}

extension Program {
  /// Thread 0 creates a thread for each body, and joins them all.
  init(forkJoin bodies: [[Instruction]], cellCount: Int = 4, semaphores: [Int] = [0, 0]) {
    let spawns = bodies.indices.map { Instruction.spawn($0 + 1) }
    let joins = bodies.indices.map { Instruction.join($0 + 1) }
    self.init(
      threads: [spawns + joins] + bodies, cellCount: cellCount, semaphores: semaphores)
  }

  static func race(_ threads: Int, _ increments: Int) -> Program {
    let body = (0..<increments).flatMap { _ in [Instruction.read(0), .write(0, adding: 1)] }
    return Program(forkJoin: Array(repeating: body, count: threads))
  }

  static func fine(_ threads: Int, _ increments: Int) -> Program {
    let body = (0..<increments).flatMap { _ in
      [Instruction.lock(0), .read(0), .write(0, adding: 1), .unlock(0)]
    }
    return Program(forkJoin: Array(repeating: body, count: threads))
  }

  static func coarse(_ threads: Int, _ increments: Int) -> Program {
    let body = (0..<increments).flatMap { _ in [Instruction.read(0), .write(0, adding: 1)] }
    return Program(
      forkJoin: Array(repeating: [.lock(0)] + body + [.unlock(0)], count: threads))
  }

  /// Threads with a critical section each, of one lock, that others may share or not.
  static func shared(readers: Int, writers: Int) -> Program {
    Program(
      forkJoin: Array(repeating: [.lockShared(4), .unlockShared(4)], count: readers)
        + Array(repeating: [.lock(4), .unlock(4)], count: writers))
  }

  /// Threads that all come to one barrier.
  static func meeting(_ threads: Int) -> Program {
    var program = Program(forkJoin: Array(repeating: [.arrive(0)], count: threads))
    program.barriers = [threads, threads]
    return program
  }

  static func readers(_ count: Int) -> Program {
    Program(forkJoin: [[.store(0, 1)]] + Array(repeating: [.read(0)], count: count))
  }

  static func atomicIncrements(_ threads: Int) -> Program {
    Program(forkJoin: Array(repeating: [.add(0)], count: threads))
  }

  /// An array of zeros; a thread each adds one to its neighbour, one walks down to the first zero.
  static func lastZero(_ count: Int) -> Program {
    let reader = (0...count).reversed().flatMap { [Instruction.read($0), .endIfZero] }
    let writers = (1...count).map { [Instruction.read($0 - 1), .write($0, adding: 1)] }
    return Program(forkJoin: [reader] + writers, cellCount: count + 1)
  }

  /// Two transfers between two accounts, each holding both accounts' locks, in opposite order.
  static var bank: Program {
    func transfer(_ from: Int, _ to: Int) -> [Instruction] {
      [
        .lock(from), .lock(to), .read(from), .write(from, adding: -1), .read(to),
        .write(to, adding: 1), .unlock(to), .unlock(from),
      ]
    }
    return Program(forkJoin: [transfer(0, 1), transfer(1, 0)])
  }
}
