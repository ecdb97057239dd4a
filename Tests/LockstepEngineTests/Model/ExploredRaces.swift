import LockstepEngine

/// The data races that an exploration of a program shows, beside those of the plain detector.
struct ExploredRaces {
  /// A data race by the engine: the instructions, and the object.
  struct Race: Hashable {
    var first: UInt64
    var second: UInt64
    var object: ObjectID?
  }

  private(set) var traces = 0
  private(set) var deadlocks = 0
  private(set) var races: Set<Race> = []
  /// Objects by the plain detector.
  private(set) var racyObjects: Set<ObjectID> = []
  /// Pairs by the plain detector, in all traces.
  private(set) var plainRaces = 0
  /// Conflicting accesses of different threads that something orders, in all traces.
  private(set) var orderedPairs = 0
  /// Where the engine and the plain detector do not agree, if anywhere.
  private(set) var complaint: String?

  /// Nil if there are more executions than the limit, unless the first of them are enough.
  init?(_ program: Program, limit: Int, isWhole: Bool = true) {
    var strategy = Exhaustive()
    var analysis = Analysis()
    while let plan = strategy.next() {
      if traces == limit {
        guard isWhole else { return }
        return nil
      }
      let execution = Machine.run(program, plan).execution
      strategy.record(execution)
      traces += 1
      if execution.ending == .deadlocked { deadlocks += 1 }
      compare(analysis.findings(in: execution), PlainOrder(execution.trace))
    }
  }

  private mutating func compare(_ findings: [Finding], _ order: PlainOrder) {
    let conflicts = order.conflicts
    let plain = conflicts.filter { !order.precedes($0.first, $0.second) }
    let trace = order.trace
    plainRaces += plain.count
    orderedPairs += conflicts.count - plain.count
    let plainObjects = Set(plain.map { trace[$0.second].object })
    racyObjects.formUnion(plainObjects)
    var objects: Set<ObjectID> = []
    for finding in findings where finding.kind == .dataRace {
      guard finding.steps.count == 2, let object = finding.object,
        plain.contains(where: { [$0.first, $0.second] == finding.steps }),
        trace[finding.steps[1]].object == object
      else {
        complaint = complaint ?? "no such race: \(finding.steps)"
        continue
      }
      objects.insert(object)
      races.insert(
        Race(
          first: trace[finding.steps[0]].programCounter,
          second: trace[finding.steps[1]].programCounter, object: object))
    }
    let lost = Set(findings.filter { $0.kind == .lostUpdate }.compactMap(\.object))
    if lost != order.lostUpdates {
      complaint = complaint ?? "lost updates of \(lost), by plain means \(order.lostUpdates)"
    }
    // A race of which an update was lost is not said twice. Of accesses that overlap without being
    // on the same bytes, the first race may speak for all.
    let isUniform = trace.allSatisfy { $0.kind.rawValue > 4 || $0.size == 4 }
    let expected = plainObjects.subtracting(lost)
    let isAsExpected =
      isUniform
      ? objects == expected
      : objects.isSubset(of: plainObjects)
        && expected.allSatisfy { object in
          objects.union(lost).contains { abs(Int($0.rawValue) - Int(object.rawValue)) <= 4 }
        }
    if !isAsExpected { complaint = complaint ?? "races on \(objects), by plain means \(expected)" }
  }
}
