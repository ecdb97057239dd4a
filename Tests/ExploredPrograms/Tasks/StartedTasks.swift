import Dispatch

/// A function without `async` that starts a task, and waits for it as such a function can.
public func startsTask() -> Int {
  let ended = DispatchSemaphore(value: 0)
  Task.detached { ended.signal() }
  ended.wait()
  return 1
}
