import Foundation
import Synchronization

final class Flags: @unchecked Sendable {
  var isSet = false
  var other = false
  let atomic = Atomic<Bool>(false)
  let lock = NSLock()
  var count = 0
}

/// Two threads that count for ever, each step of it visible.
public func countsForEver() -> Int {
  let flags = Flags()
  inParallel({ while true { flags.count &+= 1 } }, { while true { flags.count &+= 1 } })
  return flags.count
}

/// Two polite threads that make way for each other for ever.
public func makesWayForEver() -> Int {
  let flags = Flags()
  inParallel(
    { while true { flags.lock.withLock { flags.isSet.toggle() } } },
    { while true { flags.lock.withLock { flags.isSet.toggle() } } })
  return 0
}

/// One thread spins on a plain flag that the other sets.
public func spinsOnFlag() -> Int {
  let flags = Flags()
  inParallel({ while !flags.isSet {} }, { flags.isSet = true })
  return flags.isSet ? 1 : 0
}

/// The same with an atomic flag: correct.
public func spinsOnAtomicFlag() -> Int {
  let flags = Flags()
  inParallel(
    { while !flags.atomic.load(ordering: .acquiring) {} },
    { flags.atomic.store(true, ordering: .releasing) })
  return 1
}

/// The same with a lock around each look.
public func spinsOnLockedFlag() -> Int {
  let flags = Flags()
  inParallel(
    { while !flags.lock.withLock({ flags.isSet }) {} },
    { flags.lock.withLock { flags.isSet = true } })
  return 1
}

/// One thread spins on a flag that nobody ever sets.
public func spinsOnForgottenFlag() -> Int {
  let flags = Flags()
  inParallel({ while !flags.atomic.load(ordering: .acquiring) {} }, { flags.count += 1 })
  return 1
}

/// A loop in which nothing that another thread could see is done.
public func spinsInvisibly() -> Int {
  let flags = Flags()
  inParallel(
    { flags.count += 1 },
    {
      flags.count += 1
      var value = 1
      while value != 0 { value = value &* 3 | 1 }
      flags.count = value
    })
  return flags.count
}

/// One thread looks at a flag, and sleeps between two looks.
public func pollsByUsleep() -> Int {
  let flags = Flags()
  inParallel(
    { while !flags.atomic.load(ordering: .acquiring) { usleep(100) } },
    { flags.atomic.store(true, ordering: .releasing) })
  return 1
}

/// Polls what only Foundation knows: no step shows that the thread has ended.
public func pollsIsFinished() -> Int {
  let flags = Flags()
  let thread = Thread { flags.lock.withLock { flags.count += 1 } }
  thread.start()
  while !thread.isFinished { usleep(100) }
  return flags.lock.withLock { flags.count }
}

/// The same, making way for others between two looks.
public func pollsBySchedYield() -> Int {
  let flags = Flags()
  inParallel(
    { while !flags.atomic.load(ordering: .acquiring) { sched_yield() } },
    { flags.atomic.store(true, ordering: .releasing) })
  return 1
}

/// The same by Foundation, which looks at the clock when it has slept.
public func pollsByThreadSleep() -> Int {
  let flags = Flags()
  inParallel(
    { while !flags.atomic.load(ordering: .acquiring) { Thread.sleep(forTimeInterval: 0.001) } },
    { flags.atomic.store(true, ordering: .releasing) })
  return 1
}

/// One thread sleeps in the kernel for what the other would write into a pipe.
public func waitsOnPipe() -> Int {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { return -1 }
  let (reading, writing) = (ends[0], ends[1])
  inParallel(
    {
      var byte: UInt8 = 0
      _ = read(reading, &byte, 1)
    },
    {
      var byte: UInt8 = 1
      _ = write(writing, &byte, 1)
    })
  close(reading)
  close(writing)
  return 1
}
