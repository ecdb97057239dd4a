import Foundation

extension CorpusProgram {
  /// A signal is not kept for who comes later.
  static let lostWakeUp = CorpusProgram(
    "wake-up", "a thread waits for a signal that may come before it waits", parameters: [],
    defaults: [], finding: "lostWakeUp", classes: { _ in 2 }
  ) { _ in
    let condition = NSCondition()
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      condition.lock()
      condition.signal()
      condition.unlock()
      done.signal()
    }
    condition.lock()
    condition.wait()
    condition.unlock()
    done.wait()
    return 0
  }
}
