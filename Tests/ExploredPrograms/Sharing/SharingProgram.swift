import Foundation
import Synchronization

/// A program of threads that keep apart, or hand over, what they share, and that real threads
/// interpret.
public struct SharingProgram: Hashable, Sendable {
  /// How a flag is set, and how it is looked at; `fence` is a relaxed access with a fence.
  public enum Ordering: Hashable, Sendable, CaseIterable {
    /// A release store, an acquire load.
    case acquireRelease
    /// Both ways.
    case sequentiallyConsistent
    /// A relaxed access, with a fence before the store or after the load.
    case fence
  }

  /// What a thread does next, with what depends on it.
  public indirect enum Operation: Hashable, Sendable {
    case load(Int)
    case store(Int)
    /// A load and a store.
    case add(Int)
    /// What reports show as done by `loadUnprotected` and `storeUnprotected`.
    case loadUnprotected(Int)
    case storeUnprotected(Int)
    /// A critical section.
    case locked(Int, [Operation])
    /// A critical section, or nothing if the lock is taken.
    case triedLocked(Int, [Operation])
    case set(flag: Int, Ordering)
    /// Adds to a flag without ordering anything.
    case touch(flag: Int)
    /// Only if the flag is set just then.
    case ifSet(flag: Int, Ordering, [Operation])
    /// A condition's event happens, after this in the same critical section.
    case announce(Int, [Operation])
    /// What comes after the event, in the same critical section.
    case awaitEvent(Int, [Operation])
    case post(Int)
    case wait(Int)
    /// On a thread of its own, which is joined at once.
    case onThread([Operation])
    /// Only if this is the last of so many threads that arrive.
    case arrive(flag: Int, of: Int, Ordering, [Operation])
  }

  /// Variables that an operation may name.
  public static let cellCount = 6

  /// What each thread does.
  public var threads: [[Operation]]
  /// A program of these threads.
  public init(threads: [[Operation]]) { self.threads = threads }

  /// Carries the program out on threads of its own; gives what its cells hold at the end.
  public func run() -> [Int] {
    let world = SharedWorld()
    inParallel(threads.map { operations in { world.carryOut(operations) } })
    let outcome = (0..<Self.cellCount).map { world.cells.load($0) }
    world.deallocate()
    return outcome
  }
}

extension SharedWorld {
  @inline(never)
  fileprivate func carryOut(_ operations: [SharingProgram.Operation]) {
    for operation in operations { carryOut(operation) }
  }

  private func carryOut(_ operation: SharingProgram.Operation) {
    switch operation {
    case .load(let cell): precondition(cells.load(cell) >= 0, "what nobody needs is not read")
    case .store(let cell): cells.store(1, in: cell)
    case .add(let cell): cells.store(cells.load(cell) + 1, in: cell)
    case .loadUnprotected(let cell):
      precondition(cells.loadUnprotected(cell) >= 0, "what nobody needs is not read")
    case .storeUnprotected(let cell): cells.storeUnprotected(1, in: cell)
    case .locked(let lock, let section):
      pthread_mutex_lock(locks + lock)
      carryOut(section)
      pthread_mutex_unlock(locks + lock)
    case .triedLocked(let lock, let section):
      guard pthread_mutex_trylock(locks + lock) == 0 else { return }
      carryOut(section)
      pthread_mutex_unlock(locks + lock)
    case .set(let flag, let ordering): set(flag, ordering)
    case .touch(let flag): flags[flag].wrappingAdd(1, ordering: .relaxed)
    case .ifSet(let flag, let ordering, let use):
      if value(of: flag, ordering) >= 10 { carryOut(use) }
    case .announce(let event, let section):
      pthread_mutex_lock(locks + event)
      carryOut(section)
      happened[event] = true
      pthread_cond_broadcast(conditions + event)
      pthread_mutex_unlock(locks + event)
    case .awaitEvent(let event, let section):
      pthread_mutex_lock(locks + event)
      while !happened[event] { pthread_cond_wait(conditions + event, locks + event) }
      carryOut(section)
      pthread_mutex_unlock(locks + event)
    case .post(let semaphore): sem_post(semaphores + semaphore)
    case .wait(let semaphore): sem_wait(semaphores + semaphore)
    case .onThread(let body): inParallel { carryOut(body) }
    case .arrive(let flag, let count, let ordering, let use):
      if arrive(flag, ordering) == count - 1 { carryOut(use) }
    }
  }

  private func set(_ flag: Int, _ ordering: SharingProgram.Ordering) {
    switch ordering {
    case .acquireRelease: flags[flag].store(10, ordering: .releasing)
    case .sequentiallyConsistent: flags[flag].store(10, ordering: .sequentiallyConsistent)
    case .fence:
      atomicMemoryFence(ordering: .releasing)
      flags[flag].store(10, ordering: .relaxed)
    }
  }

  private func value(of flag: Int, _ ordering: SharingProgram.Ordering) -> Int {
    switch ordering {
    case .acquireRelease: return flags[flag].load(ordering: .acquiring)
    case .sequentiallyConsistent: return flags[flag].load(ordering: .sequentiallyConsistent)
    case .fence:
      let value = flags[flag].load(ordering: .relaxed)
      atomicMemoryFence(ordering: .acquiring)
      return value
    }
  }

  /// How many had arrived before.
  private func arrive(_ flag: Int, _ ordering: SharingProgram.Ordering) -> Int {
    switch ordering {
    case .acquireRelease:
      return flags[flag].wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
    case .sequentiallyConsistent:
      return flags[flag].wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue
    case .fence:
      atomicMemoryFence(ordering: .releasing)
      let before = flags[flag].wrappingAdd(1, ordering: .relaxed).oldValue
      atomicMemoryFence(ordering: .acquiring)
      return before
    }
  }
}
