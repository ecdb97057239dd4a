import LabPlain
import LockstepReport

/// What is measured for real: on kernel threads, without instrumentation.
enum LabTiming {
  private static let threads = 2
  private static let increments = 1_000_000
  private static let runs = 5

  /// Totals of so many races.
  static func race(runs: Int, increments: Int) -> RealRuns {
    let totals = (0..<runs).map { _ in
      Int(LabPlain.race(threads: threads, increments: increments))
    }
    return RealRuns(totals: totals, expected: threads * increments)
  }

  private static func time(
    _ name: String, _ run: (_ threads: Int, _ increments: Int) -> Int32
  ) -> TimedVariant {
    let clock = ContinuousClock()
    var seconds: [Double] = []
    var total: Int32 = 0
    for _ in 0..<runs {
      seconds.append(clock.measure { total = run(threads, increments) } / .seconds(1))
    }
    return TimedVariant(variant: name, seconds: seconds, total: Int(total))
  }

  static func fine() -> [TimingEntry] {
    [
      .variant(time("fine, NSLock", LabPlain.fine(threads:increments:))),
      .variant(time("fine, Mutex", LabPlain.fineOnMutex(threads:increments:))),
      .variant(time("atomic, no lock", LabPlain.atomic(threads:increments:))),
    ]
  }

  /// Both, so that their ratio is of one run.
  static func coarse() -> [TimingEntry] {
    let fine = time("fine, NSLock", LabPlain.fine(threads:increments:))
    let coarse = time("coarse, NSLock", LabPlain.coarse(threads:increments:))
    let fineMutex = time("fine, Mutex", LabPlain.fineOnMutex(threads:increments:))
    let coarseMutex = time("coarse, Mutex", LabPlain.coarseOnMutex(threads:increments:))
    let atomic = time("atomic, no lock", LabPlain.atomic(threads:increments:))
    return [
      .variant(fine), .variant(coarse), .variant(fineMutex), .variant(coarseMutex),
      .variant(atomic),
      .ratio(
        TimingRatio(
          ratio: "fine to coarse, NSLock", value: fine.medianSeconds / coarse.medianSeconds,
          notebook: notebookFine / notebookCoarse)),
      .ratio(
        TimingRatio(
          ratio: "fine to coarse, Mutex",
          value: fineMutex.medianSeconds / coarseMutex.medianSeconds)),
    ]
  }

  /// Seconds that the notebook's Python took.
  static let notebookFine = 36.97
  static let notebookCoarse = 8.61
}
