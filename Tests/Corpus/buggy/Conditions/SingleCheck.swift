import Foundation

/// Room for one letter.
final class Mailbox: @unchecked Sendable {
  let condition = NSCondition()
  var isFull = false
  var letter = 0
}

extension CorpusProgram {
  /// Whoever waits looks once, and takes what there is when the wait is over, whatever ended it.
  ///
  /// No schedule of these two threads goes wrong: the letter is there before the other looks, or comes
  /// while it waits.
  static let singleCheck = CorpusProgram(
    "single-check", "a thread looks for a letter, waits for one if there is none, and takes it",
    parameters: [], defaults: [], finding: "waitWithoutLoop", classes: { _ in 2 }
  ) { _ in
    exchange { mailbox in
      if !mailbox.isFull { mailbox.condition.wait() }
    }
  }

  /// Whoever waits looks again when the wait is over.
  static let checkInLoop = CorpusProgram(
    "single-check-fixed", "a thread looks for a letter, and waits as long as there is none",
    parameters: [], defaults: [], classes: { _ in 2 }
  ) { _ in
    exchange { mailbox in
      while !mailbox.isFull { mailbox.condition.wait() }
    }
  }

  private static func exchange(waiting wait: (Mailbox) -> Void) -> Int {
    let mailbox = Mailbox()
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      mailbox.condition.lock()
      mailbox.letter = 7
      mailbox.isFull = true
      mailbox.condition.signal()
      mailbox.condition.unlock()
      done.signal()
    }
    mailbox.condition.lock()
    wait(mailbox)
    mailbox.isFull = false
    let letter = mailbox.letter
    mailbox.condition.unlock()
    done.wait()
    return letter
  }
}
