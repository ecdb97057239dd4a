import Foundation
import Synchronization

/// A continuation that somebody else resumes.
public func continuation() async -> String {
  let log = Log()
  let value = await withCheckedContinuation { continuation in
    Task.detached {
      log.add("r")
      continuation.resume(returning: "v")
    }
    log.add("s")
  }
  return log.text + value
}

/// The same with one that is not checked, resumed by a thread.
public func continuationOfThread() async -> Int {
  await withUnsafeContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: 7) }
  }
}

/// Nobody resumes it.
public func neverResumed() async -> Int {
  await withUnsafeContinuation { (_: UnsafeContinuation<Int, Never>) in }
}

/// One task resumes it, and resumes it again.
public func resumedAgain() async -> Int {
  await withUnsafeContinuation { continuation in
    Task.detached {
      continuation.resume(returning: 1)
      continuation.resume(returning: 2)
    }
  }
}

private final class Flag: Sendable {
  let isSet = Atomic(false)
}

/// Whichever of two tasks comes first resumes it: but that is looked up, and then said.
public func resumedByBoth() async -> Int {
  let flag = Flag()
  return await withCheckedContinuation { continuation in
    for value in 1...2 {
      Task.detached {
        guard !flag.isSet.load(ordering: .acquiring) else { return }
        flag.isSet.store(true, ordering: .releasing)
        continuation.resume(returning: value)
      }
    }
  }
}

/// The same in one step.
public func resumedByOne() async -> Int {
  let flag = Flag()
  return await withCheckedContinuation { continuation in
    for value in 1...2 {
      Task.detached {
        guard !flag.isSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
        continuation.resume(returning: value)
      }
    }
  }
}

/// A task waits for one after another, of both kinds.
public func continuationsInTurn() async -> Int {
  var sum = 0
  for value in 1...2 {
    sum += await withUnsafeContinuation { $0.resume(returning: value) }
    sum += await withCheckedContinuation { continuation in
      Task.detached { continuation.resume(returning: 10 * value) }
    }
    sum += await withUnsafeContinuation { continuation in
      Task.detached { continuation.resume(returning: 100 * value) }
    }
  }
  return sum
}
