import Synchronization

/// Two who come to the same place, one of whom is to do something.
private final class Rendezvous: Sendable {
  private let isFirst = Atomic(false)
  private let isSecond = Atomic(false)

  /// Whether the other is not there; both may be, when both look.
  func claimIfAlone(_ number: Int) -> Bool {
    guard number == 1 else {
      isSecond.store(true, ordering: .sequentiallyConsistent)
      return !isFirst.load(ordering: .sequentiallyConsistent)
    }
    isFirst.store(true, ordering: .sequentiallyConsistent)
    return !isSecond.load(ordering: .sequentiallyConsistent)
  }

  /// Whether nobody came before.
  func claim() -> Bool { !isFirst.exchange(true, ordering: .acquiringAndReleasing) }
}

extension CorpusProgram {
  private static func resuming(
    _ name: String, _ summary: String, finding: String?, classes: Int,
    _ claim: @escaping @Sendable (Rendezvous, Int) -> Bool
  ) -> CorpusProgram {
    CorpusProgram(name, summary, finding: finding, classes: classes) {
      let rendezvous = Rendezvous()
      return await withUnsafeContinuation { continuation in
        for number in 1...2 {
          Task.detached { if claim(rendezvous, number) { continuation.resume(returning: 1) } }
        }
      }
    }
  }

  /// One of two tasks is to resume a continuation that nobody checks: counts as in `groups`, seen.
  static let resumptions = [
    resuming(
      "unsafe-continuation", "two tasks each leave a continuation to the other, if that is there",
      finding: "neverResumed", classes: 71
    ) { $0.claimIfAlone($1) },
    resuming(
      "unsafe-continuation-fixed", "the first of two tasks resumes a continuation", finding: nil,
      classes: 65
    ) { rendezvous, _ in rendezvous.claim() },
  ]
}
