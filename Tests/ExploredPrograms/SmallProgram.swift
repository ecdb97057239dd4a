import Foundation
import Synchronization

/// A program of two or three threads and a few operations, which real threads interpret.
public struct SmallProgram: Hashable, Sendable {
  /// What a thread does next; each is one access to memory or one call, but for a copy.
  public enum Operation: Hashable, Sendable {
    case read(Int)
    case write(Int, value: Int)
    /// An atomic `wrappingAdd`, which also reads.
    case add(Int, Int)
    /// A copy of eight bytes: a read and a write.
    case copy(from: Int, to: Int)
    case lock(Int)
    case unlock(Int)
  }

  /// What an execution that ends leaves behind.
  public struct Outcome: Hashable, Sendable {
    /// The cells at the end.
    public var memory: [Int]
    /// What each thread read, in order.
    public var read: [[Int]]

    /// What such an execution leaves behind.
    public init(memory: [Int], read: [[Int]]) {
      self.memory = memory
      self.read = read
    }
  }

  /// Cells, and mutexes.
  public static let objectCount = 2

  /// What each thread does.
  public var threads: [[Operation]]

  /// A program of these threads.
  public init(threads: [[Operation]]) { self.threads = threads }

  /// Carries the program out on threads of its own.
  ///
  /// Two threads have nothing in common but the cells and the mutexes: each writes what it reads
  /// down in memory of its own, and the program itself is only read.
  public func run() -> Outcome {
    let world = World()
    let bodies = threads.map { Interpreter(world: world, operations: $0) }
    switch bodies.count {
    case 2: inParallel({ bodies[0].run() }, { bodies[1].run() })
    case 3: inParallel({ bodies[0].run() }, { bodies[1].run() }, { bodies[2].run() })
    default: preconditionFailure("a small program has two or three threads")
    }
    let outcome = Outcome(memory: world.memory, read: bodies.map(\.log))
    for body in bodies { body.log.removeAll() }
    world.deallocate()
    return outcome
  }
}

/// What the threads of one execution share.
private struct World: @unchecked Sendable {
  // Unsafe pointers, so that an access in the source is one access in the program.
  let cells = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: SmallProgram.objectCount)
  let locks = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: SmallProgram.objectCount)

  init() {
    for index in 0..<SmallProgram.objectCount {
      (cells + index).initialize(to: Atomic(0))
      pthread_mutex_init(locks + index, nil)
    }
  }

  /// The same cell as plain memory.
  func plain(_ index: Int) -> UnsafeMutablePointer<Int> {
    UnsafeMutableRawPointer(cells + index).assumingMemoryBound(to: Int.self)
  }

  var memory: [Int] { (0..<SmallProgram.objectCount).map { plain($0).pointee } }

  /// A thread may have ended that holds one of the locks: to destroy that would be an error of its own.
  func deallocate() {
    cells.deallocate()
    locks.deallocate()
  }
}

/// What compilers make of a structure that is copied.
@_silgen_name("__tsan_memcpy") @discardableResult
private func copyBytes(
  _ to: UnsafeMutableRawPointer, _ from: UnsafeRawPointer, _ size: Int
) -> UnsafeMutableRawPointer

/// One thread of a small program.
private final class Interpreter: @unchecked Sendable {
  private let world: World
  private let operations: [SmallProgram.Operation]
  // Touched by this thread until it is joined, and by the body after that.
  var log: [Int] = []

  init(world: World, operations: [SmallProgram.Operation]) {
    self.world = world
    self.operations = operations
  }

  func run() {
    var values: [Int] = []
    for operation in operations {
      switch operation {
      case .read(let cell): values.append(world.plain(cell).pointee)
      case .write(let cell, let value): world.plain(cell).pointee = value
      case .add(let cell, let amount):
        values.append(
          world.cells[cell].wrappingAdd(amount, ordering: .sequentiallyConsistent).oldValue)
      case .copy(let from, let to): copyBytes(world.plain(to), world.plain(from), 8)
      case .lock(let lock): pthread_mutex_lock(world.locks + lock)
      case .unlock(let lock): pthread_mutex_unlock(world.locks + lock)
      }
    }
    log = values
  }
}
