import Dispatch
import Foundation

/// Programs in which time passes, each of which would take hours.

/// A thread sleeps an hour; how many hours that were, by each of the clocks.
public func sleepsAnHour() -> [Int] {
  let date = Date()
  let continuous = ContinuousClock.now
  let suspending = SuspendingClock.now
  let dispatch = DispatchTime.now()
  let uptime = ProcessInfo.processInfo.systemUptime
  inParallel([{ Thread.sleep(forTimeInterval: 3600) }])
  let inDispatch = DispatchTime.now().uptimeNanoseconds - dispatch.uptimeNanoseconds
  return [
    Int(Date().timeIntervalSince(date).rounded()) / 3600,
    Int((ContinuousClock.now - continuous).components.seconds) / 3600,
    Int((SuspendingClock.now - suspending).components.seconds) / 3600,
    Int(inDispatch / 3_600_000_000_000),
    Int((ProcessInfo.processInfo.systemUptime - uptime).rounded()) / 3600,
  ]
}

/// Looks at the clock until an hour has gone by, half of which another sleeps.
public func pollsForAnHour() -> Bool {
  let deadline = Date(timeIntervalSinceNow: 3600)
  inParallel({ while Date() < deadline {} }, { sleep(1800) })
  return Date() >= deadline
}

private final class Mailbox: @unchecked Sendable {
  let semaphore = DispatchSemaphore(value: 0)
  let condition = NSCondition()
  let lock = NSLock()
  var letters = 0
}

/// Whether a signal came within an hour, and whether the hour had gone by if it did not.
public func waitsForSignal() -> [Bool] {
  let box = Mailbox()
  var result: [Bool] = []
  inParallel(
    [{ box.semaphore.signal() }],
    while: {
      let start = DispatchTime.now()
      let isInTime = box.semaphore.wait(timeout: start + .seconds(3600)) == .success
      let hasPassed = DispatchTime.now() >= start + .seconds(3600)
      result = [isInTime, isInTime || hasPassed]
    })
  return result
}

/// Whether a letter came within an hour: what the wait said, and whether it is there.
public func waitsForLetter() -> [Bool] {
  let box = Mailbox()
  var result: [Bool] = []
  inParallel(
    [
      {
        box.condition.lock()
        box.letters += 1
        box.condition.signal()
        box.condition.unlock()
      }
    ],
    while: {
      let deadline = Date(timeIntervalSinceNow: 3600)
      box.condition.lock()
      var isInTime = true
      while box.letters == 0, isInTime { isInTime = box.condition.wait(until: deadline) }
      result = [isInTime, box.letters == 1]
      box.condition.unlock()
    })
  return result
}

/// Tries a semaphore until there is a unit of it, and reads what was written before that was given.
public func triesSemaphoreInLoop() -> Int {
  let box = Mailbox()
  var seen = 0
  inParallel(
    [
      {
        box.letters = 3
        box.semaphore.signal()
      }
    ],
    while: {
      while box.semaphore.wait(timeout: DispatchTime(uptimeNanoseconds: 0)) != .success {}
      seen = box.letters
    })
  return seen
}

/// Whether a lock that another holds for a moment was had within an hour.
public func takesLockInTime() -> Bool {
  let box = Mailbox()
  var result = false
  inParallel(
    [{ box.lock.withLock { box.letters += 1 } }],
    while: {
      result = box.lock.lock(before: Date(timeIntervalSinceNow: 3600))
      if result { box.lock.unlock() }
    })
  return result
}

/// The same as `inParallel`, with the caller's own part meanwhile.
private func inParallel(_ bodies: [@Sendable () -> Void], while own: () -> Void) {
  let ended = DispatchSemaphore(value: 0)
  for body in bodies {
    Thread.detachNewThread {
      body()
      ended.signal()
    }
  }
  own()
  for _ in bodies { ended.wait() }
}
