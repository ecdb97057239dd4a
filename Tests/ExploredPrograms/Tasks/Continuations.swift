import Foundation

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
