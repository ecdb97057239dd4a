import Foundation

/// Room for one letter, whose lock says whether there is one.
private final class Letterbox: @unchecked Sendable {
  var letter = 0
  let lock = NSConditionLock(condition: 0)
}

extension CorpusProgram {
  /// Who delivers takes the lock, writes, and gives it up as one that says that there is a letter; who
  /// collects tries to take it as that.
  ///
  /// To take it, to give it up and to try are a critical section each of a lock within. The try comes after
  /// both others, and there is a letter: one class. Or it comes before or between them. If that is heeded,
  /// that is all: two. If not, the letter is read before it is written, or after: two for each.
  ///
  /// Nobody has to wait for the lock, for which Foundation traps on Linux.
  private static func collecting(
    _ name: String, _ summary: String, finding: String?, classes: Int, heedsFailure: Bool
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: finding, classes: { _ in classes }
    ) { _ in
      let box = Letterbox()
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        box.lock.lock()
        box.letter = 7
        box.lock.unlock(withCondition: 1)
        done.signal()
      }
      var letter = 0
      let isThere = box.lock.tryLock(whenCondition: 1)
      if isThere || !heedsFailure { letter = box.letter }
      if isThere { box.lock.unlock(withCondition: 0) }
      done.wait()
      return letter
    }
  }

  /// A letter is collected that may not be there yet.
  static let hastyCollection = collecting(
    "nsconditionlock",
    "a letter is collected whether an NSConditionLock says that there is one or not",
    finding: "dataRace", classes: 5, heedsFailure: false)

  /// A letter is collected if there is one.
  static let patientCollection = collecting(
    "nsconditionlock-fixed", "a letter is collected if an NSConditionLock says that there is one",
    finding: nil, classes: 3, heedsFailure: true)
}
