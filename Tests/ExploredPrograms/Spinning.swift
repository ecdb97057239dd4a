import Foundation
import Synchronization

/// What threads that spin look at, in memory that nothing else is in.
private struct Spot: ~Copyable {
  let first = Atomic<Int>(0)
  let second = Atomic<Int>(0)
  let turn = Atomic<Int>(0)
  var total = 0
  var lock = pthread_mutex_t()
  var otherLock = pthread_mutex_t()
}

private final class Spots: @unchecked Sendable {
  let spot = UnsafeMutablePointer<Spot>.allocate(capacity: 1)

  init() { spot.initialize(to: Spot()) }

  deinit {
    spot.deinitialize(count: 1)
    spot.deallocate()
  }
}

/// Two threads that each add one under a lock of their own making, by compare-and-swap.
public func addsUnderSpinLock() -> Int {
  let spots = Spots()
  let add: @Sendable () -> Void = {
    let spot = spots.spot
    while !spot.pointee.first.compareExchange(
      expected: 0, desired: 1, ordering: .acquiringAndReleasing
    ).exchanged {}
    spot.pointee.total += 1
    spot.pointee.first.store(0, ordering: .releasing)
  }
  inParallel(add, add)
  return spots.spot.pointee.total
}

/// The same by trying a mutex again and again.
public func addsUnderTriedLock() -> Int {
  let spots = Spots()
  let add: @Sendable () -> Void = {
    let spot = spots.spot
    while pthread_mutex_trylock(&spot.pointee.lock) != 0 {}
    spot.pointee.total += 1
    pthread_mutex_unlock(&spot.pointee.lock)
  }
  inParallel(add, add)
  return spots.spot.pointee.total
}

/// The same by Peterson's algorithm, which looks at two variables in turn.
///
/// (Peterson: Myths about the mutual exclusion problem, 1981.)
public func addsUnderPeterson() -> Int {
  let spots = Spots()
  inParallel(
    {
      let spot = spots.spot
      spot.pointee.first.store(1, ordering: .sequentiallyConsistent)
      spot.pointee.turn.store(2, ordering: .sequentiallyConsistent)
      while spot.pointee.second.load(ordering: .sequentiallyConsistent) == 1
        && spot.pointee.turn.load(ordering: .sequentiallyConsistent) == 2
      {}
      spot.pointee.total += 1
      spot.pointee.first.store(0, ordering: .sequentiallyConsistent)
    },
    {
      let spot = spots.spot
      spot.pointee.second.store(1, ordering: .sequentiallyConsistent)
      spot.pointee.turn.store(1, ordering: .sequentiallyConsistent)
      while spot.pointee.first.load(ordering: .sequentiallyConsistent) == 1
        && spot.pointee.turn.load(ordering: .sequentiallyConsistent) == 1
      {}
      spot.pointee.total += 1
      spot.pointee.second.store(0, ordering: .sequentiallyConsistent)
    })
  return spots.spot.pointee.total
}

/// A thread that looks three times at most, and then gives up.
public func looksThreeTimes() -> String {
  let spots = Spots()
  let found = Spots()
  inParallel(
    {
      for round in 1...3 where spots.spot.pointee.first.load(ordering: .acquiring) == 1 {
        found.spot.pointee.total = round
        return
      }
    }, { spots.spot.pointee.first.store(1, ordering: .releasing) })
  return "round \(found.spot.pointee.total)"
}

/// A thread that looks at one variable twice in a round, for either of two values.
public func waitsForEither() -> Int {
  let spots = Spots()
  inParallel(
    {
      let spot = spots.spot
      while spot.pointee.first.load(ordering: .acquiring) != 1
        && spot.pointee.first.load(ordering: .acquiring) != 2
      {}
    }, { spots.spot.pointee.first.store(1, ordering: .releasing) })
  return spots.spot.pointee.first.load(ordering: .relaxed)
}

/// A thread that looks until a deadline, and then gives up.
public func looksUntilADeadline() -> Bool {
  let spots = Spots()
  let found = Spots()
  inParallel(
    {
      let deadline = Date().addingTimeInterval(0.002)
      while Date() < deadline {
        if spots.spot.pointee.first.load(ordering: .acquiring) == 1 {
          found.spot.pointee.total = 1
          return
        }
        usleep(1000)
      }
    }, { spots.spot.pointee.first.store(1, ordering: .releasing) })
  return found.spot.pointee.total == 1
}

/// Three values one after the other, and a thread that waits for the last.
public func waitsForTheThird() -> Int {
  let spots = Spots()
  inParallel(
    { while spots.spot.pointee.first.load(ordering: .acquiring) < 3 {} },
    {
      for value in 1...3 { spots.spot.pointee.first.store(value, ordering: .releasing) }
    })
  return spots.spot.pointee.first.load(ordering: .relaxed)
}

/// Two threads that each take a lock, try the other's, and give theirs back if they cannot have it.
public func backsOff() -> Int {
  let spots = Spots()
  inParallel(
    {
      let spot = spots.spot
      while true {
        pthread_mutex_lock(&spot.pointee.lock)
        if pthread_mutex_trylock(&spot.pointee.otherLock) == 0 { break }
        pthread_mutex_unlock(&spot.pointee.lock)
      }
      spot.pointee.total += 1
      pthread_mutex_unlock(&spot.pointee.otherLock)
      pthread_mutex_unlock(&spot.pointee.lock)
    },
    {
      let spot = spots.spot
      while true {
        pthread_mutex_lock(&spot.pointee.otherLock)
        if pthread_mutex_trylock(&spot.pointee.lock) == 0 { break }
        pthread_mutex_unlock(&spot.pointee.otherLock)
      }
      spot.pointee.total += 1
      pthread_mutex_unlock(&spot.pointee.lock)
      pthread_mutex_unlock(&spot.pointee.otherLock)
    })
  return spots.spot.pointee.total
}

/// Wants to go first, and gives way for as long as the other one wants to, too, and patience lasts.
private func enter(
  _ own: borrowing Atomic<Int>, before other: borrowing Atomic<Int>, patience: () -> Bool
) {
  own.store(1, ordering: .sequentiallyConsistent)
  while other.load(ordering: .sequentiallyConsistent) == 1, patience() {
    own.store(0, ordering: .sequentiallyConsistent)
    own.store(1, ordering: .sequentiallyConsistent)
  }
}

/// Two threads that give way to each other.
///
/// The first, polite attempt in Dijkstra's account of mutual exclusion (EWD 123, 1965, section 2.1).
public func givesWayToEachOther() -> Int {
  let spots = Spots()
  inParallel(
    {
      let spot = spots.spot
      enter(spot.pointee.first, before: spot.pointee.second) { true }
      spot.pointee.total += 1
      spot.pointee.first.store(0, ordering: .sequentiallyConsistent)
    },
    {
      let spot = spots.spot
      enter(spot.pointee.second, before: spot.pointee.first) { true }
      spot.pointee.total += 1
      spot.pointee.second.store(0, ordering: .sequentiallyConsistent)
    })
  return spots.spot.pointee.total
}

/// The same two, which lose patience: they count how often they gave way, in memory of their own.
public func givesWayAHundredTimes() -> Int {
  final class Count: @unchecked Sendable {
    var value = 0

    func isSmall() -> Bool {
      value += 1
      return value < 100
    }
  }
  let spots = Spots()
  let counts = [Count(), Count()]
  inParallel(
    {
      let spot = spots.spot
      enter(spot.pointee.first, before: spot.pointee.second) { counts[0].isSmall() }
      spot.pointee.first.store(0, ordering: .sequentiallyConsistent)
    },
    {
      let spot = spots.spot
      enter(spot.pointee.second, before: spot.pointee.first) { counts[1].isSmall() }
      spot.pointee.second.store(0, ordering: .sequentiallyConsistent)
    })
  return 0
}

/// The same two, which count in an array that each keeps for itself.
public func givesWayAndKeepsCount() -> Int {
  final class Log: @unchecked Sendable {
    var rounds: [Int] = []

    init() { rounds.reserveCapacity(200) }

    func isShort() -> Bool {
      rounds.append(1)
      return rounds.count < 100
    }
  }
  let spots = Spots()
  let logs = [Log(), Log()]
  inParallel(
    {
      enter(spots.spot.pointee.first, before: spots.spot.pointee.second, patience: logs[0].isShort)
    },
    {
      enter(spots.spot.pointee.second, before: spots.spot.pointee.first, patience: logs[1].isShort)
    })
  return 0
}

/// A thread that spins while it holds the lock which the other needs to end its wait.
public func spinsWithTheLock() -> Int {
  let spots = Spots()
  inParallel(
    {
      let spot = spots.spot
      pthread_mutex_lock(&spot.pointee.lock)
      while spot.pointee.first.load(ordering: .acquiring) == 0 {}
      pthread_mutex_unlock(&spot.pointee.lock)
    },
    {
      let spot = spots.spot
      pthread_mutex_lock(&spot.pointee.lock)
      spot.pointee.first.store(1, ordering: .releasing)
      pthread_mutex_unlock(&spot.pointee.lock)
    })
  return 0
}
