internal import CorpusInC

extension CorpusProgram {
  /// Programs of C11's threads: see `Tests/CorpusInC`.
  static let inC = [
    // Whoever waits finds the flag up: one class. Or not, and is waiting when the signal comes, or is not
    // yet: two more.
    CorpusProgram(
      "c11", "a thread waits for a flag, which is raised and signalled without the lock",
      parameters: [], defaults: [], finding: "lostWakeUp", classes: { _ in 3 }
    ) { _ in Int(corpus_c11Flag(false)) },
    // Whoever waits takes the lock first, or the other does.
    CorpusProgram(
      "c11-fixed", "a thread waits for a flag, which is raised and signalled under the lock",
      parameters: [], defaults: [], classes: { _ in 2 }
    ) { _ in Int(corpus_c11Flag(true)) },
    CorpusProgram(
      "tss", "two threads end, and a destructor of C11's adds to a total", parameters: [],
      defaults: [], finding: "lostUpdate", classes: { _ in race.classes([2, 1]) }
    ) { _ in Int(corpus_c11Values(false)) },
    CorpusProgram(
      "tss-fixed", "two threads end, and a destructor of C11's adds to a total behind a lock",
      parameters: [], defaults: [], classes: { _ in 2 }
    ) { _ in Int(corpus_c11Values(true)) },
  ]
}
