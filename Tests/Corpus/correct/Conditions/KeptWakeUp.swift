import Foundation

/// Whether it has happened.
private final class Flag: @unchecked Sendable {
  var isSet = false
}

extension CorpusProgram {
  /// What is waited for is kept in a variable, which is looked at first.
  static let keptWakeUp = CorpusProgram(
    "wake-up-fixed", "a thread waits for a signal unless a flag says that it came", parameters: [],
    defaults: [], classes: { _ in 2 }
  ) { _ in
    let condition = NSCondition()
    let flag = Flag()
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      condition.lock()
      flag.isSet = true
      condition.signal()
      condition.unlock()
      done.signal()
    }
    condition.lock()
    while !flag.isSet { condition.wait() }
    condition.unlock()
    done.wait()
    return 0
  }
}
