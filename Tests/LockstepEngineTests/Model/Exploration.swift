import LockstepEngine

/// What the engine's exploration of a program came to.
struct Explored: ~Copyable {
  var strategy = Exhaustive()
  var outcomes: Set<Machine.Outcome> = []
  var classes: Set<[UInt8]> = []
  var diverged = 0
  /// What happened in at least one execution.
  var features: Set<Feature> = []

  init(_ program: Program, limit: Int = .max, keepingClasses: Bool = true) {
    while let plan = strategy.next() {
      let (execution, outcome) = Machine.run(program, plan)
      strategy.record(execution)
      if case .diverged = execution.ending { diverged += 1 }
      guard strategy.executions < limit else { break }
      guard execution.ending == .completed || execution.ending == .deadlocked else { continue }
      outcomes.insert(outcome)
      guard keepingClasses else { continue }
      features.formUnion(Feature.all(of: execution))
      var order = TraceOrder(threadCount: program.threads.count)
      for event in execution.trace { order.append(event) }
      classes.insert(order.normalForm)
    }
  }

  /// A program's exploration beside brute force.
  struct Comparison {
    /// Mazurkiewicz traces by brute force; 0 if there were too many.
    var classes = 0
    var features: Set<Feature> = []
    /// What is wrong, if anything.
    var complaint: String?
  }

  /// Compares with brute force, which is given up at so many prefixes or states.
  static func compare(_ program: Program, limit: Int = 20_000) -> Comparison {
    guard let classes = BruteForce.classes(of: program, limit: limit),
      let outcomes = BruteForce.outcomes(of: program, limit: limit)
    else { return Comparison() }
    let explored = Explored(program, limit: 4 * classes.count + 10)
    return Comparison(
      classes: classes.count, features: explored.features,
      complaint: explored.complaint(classes, outcomes))
  }

  private func complaint(_ classes: Set<[UInt8]>, _ outcomes: Set<Machine.Outcome>) -> String? {
    if diverged > 0 { return "\(diverged) executions left their plans" }
    if let mismatch = strategy.firstMismatch { return "mismatch: \(mismatch)" }
    if self.outcomes != outcomes {
      return "outcomes: \(self.outcomes.count), of \(outcomes.count)"
    }
    if self.classes != classes { return "classes: \(self.classes.count), of \(classes.count)" }
    if strategy.redundant > 0 { return "\(strategy.redundant) redundant" }
    guard strategy.executions == classes.count else {
      return "executions: \(strategy.executions), classes: \(classes.count)"
    }
    return nil
  }
}
