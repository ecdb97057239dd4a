import LockstepReport

/// Looks at one process again and again, and says when some of its threads wait for good.
///
/// A thread whose count of context switches has not changed between two looks has done nothing in
/// between, so that what was read of it was true all the time. Only such threads can be stuck.
final class ProcessWatch {
  struct Hang {
    var snapshot: ProcessSnapshot
    var verdict: HangAnalysis.Verdict
  }

  /// How long everything has to stand still before anything is said.
  ///
  /// What is certain needs no time to become true: it gets some, so that all who join are reported.
  static let certainAfter = Duration.milliseconds(300)
  static let likelyAfter = Duration.milliseconds(1000)

  let process: Int32
  let tableAddress: UInt
  let symbols: ImageSymbols
  private var lastSwitches: [Int32: Int] = [:]
  private var certain: (stuck: [Int32], since: ContinuousClock.Instant)?
  private var quiet: (switches: [Int32: Int], since: ContinuousClock.Instant)?

  init(process: Int32, tableAddress: UInt) {
    self.process = process
    self.tableAddress = tableAddress
    symbols = ImageSymbols(process: process)
  }

  /// Looks once more.
  ///
  /// - Parameter now: the time of this look.
  /// - Returns: threads that wait for good, if there are any.
  func look(at now: ContinuousClock.Instant) -> Hang? {
    let tasks = TaskState.tasks(of: process)
    guard mayHang(tasks),
      let snapshot = ProcessSnapshot(
        of: process, tasks: tasks, tableAddress: tableAddress, symbols: symbols)
    else {
      forget()
      return nil
    }
    let waiting = snapshot.waits.keys
    let switches = Dictionary(
      uniqueKeysWithValues: waiting.map { ($0, snapshot.tasks[$0]?.switches ?? -1) })
    let unchanged = Set(waiting.filter { lastSwitches[$0] == switches[$0] })
    lastSwitches = switches
    // Signals and timers are asked for only when they are the last hope.
    let isQuiet = snapshot.activities.values.allSatisfy { $0 != .mayRun }
    let analysis = HangAnalysis(
      activities: snapshot.activities,
      canBeWokenFromOutside: isQuiet ? snapshot.canBeWokenFromOutside() : true)
    return (certainHang(analysis, unchanged, now) ?? likelyHang(analysis, switches, isQuiet, now))
      .flatMap { isStillTrue($0, switches) ? Hang(snapshot: snapshot, verdict: $0) : nil }
  }

  /// The memory was read after the threads' states: nobody may have moved meanwhile.
  private func isStillTrue(_ verdict: HangAnalysis.Verdict, _ switches: [Int32: Int]) -> Bool {
    let now = Dictionary(
      TaskState.tasks(of: process).map { ($0.thread, $0.switches) }, uniquingKeysWith: max)
    return verdict.stuck.allSatisfy { now[$0] == switches[$0] }
  }

  /// A cheap look first: without a thread in a wait that has no end, there is nothing to look for.
  private func mayHang(_ tasks: [TaskState]) -> Bool {
    tasks.contains { task in
      task.state == "S" && task.call.flatMap(FutexWait.init).map { !$0.isTimed } == true
    }
  }

  private func forget() {
    lastSwitches = [:]
    certain = nil
    quiet = nil
  }

  private func certainHang(
    _ analysis: HangAnalysis, _ unchanged: Set<Int32>, _ now: ContinuousClock.Instant
  ) -> HangAnalysis.Verdict? {
    guard let verdict = analysis.certain(among: unchanged) else {
      certain = nil
      return nil
    }
    guard let certain, Set(certain.stuck).isSubset(of: verdict.stuck) else {
      self.certain = (verdict.stuck, now)
      return nil
    }
    // What the last look read is confirmed by this one: that, and no more, is certain.
    self.certain = (verdict.stuck, certain.since)
    guard now - certain.since >= Self.certainAfter else { return nil }
    return analysis.certain(among: Set(certain.stuck))
  }

  private func likelyHang(
    _ analysis: HangAnalysis, _ switches: [Int32: Int], _ isQuiet: Bool,
    _ now: ContinuousClock.Instant
  ) -> HangAnalysis.Verdict? {
    guard isQuiet, let quiet, quiet.switches == switches else {
      quiet = isQuiet ? (switches, now) : nil
      return nil
    }
    return now - quiet.since >= Self.likelyAfter ? analysis.likely() : nil
  }
}
