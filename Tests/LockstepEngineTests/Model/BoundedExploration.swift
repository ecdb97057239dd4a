import LockstepEngine

/// What an exploration with a bound on preemptions came to.
struct BoundedExploration: ~Copyable {
  var strategy: PreemptionBounded
  var outcomes: Set<Machine.Outcome> = []
  var classes: Set<[UInt8]> = []
  var plans: [Plan] = []
  /// Executions at each bound.
  var executions: [Int] = []
  var diverged = 0
  /// Executions whose preemptions were not as many as the bound was then.
  var misjudged = 0
  /// Bounds that were said to be finished, in order.
  var finished: [Int?] = []

  init(
    _ program: Program, _ strategy: consuming PreemptionBounded, executionLimit: Int = .max,
    keepingClasses: Bool = false
  ) {
    self.strategy = strategy
    while plans.count < executionLimit, let plan = self.strategy.next() {
      plans.append(plan)
      let (execution, outcome) = Machine.run(program, plan)
      let bound = self.strategy.bound
      if execution.preemptionCount != bound { misjudged += 1 }
      while executions.count <= bound { executions.append(0) }
      executions[bound] += 1
      if finished.last != self.strategy.finishedBound {
        finished.append(self.strategy.finishedBound)
      }
      self.strategy.record(execution)
      if case .diverged = execution.ending { diverged += 1 }
      outcomes.insert(outcome)
      guard keepingClasses else { continue }
      var order = TraceOrder(threadCount: program.threads.count)
      for event in execution.trace { order.append(event) }
      classes.insert(order.normalForm)
    }
  }

  /// What is wrong with any exploration, if something is.
  var complaint: String? {
    if diverged > 0 { return "\(diverged) executions left their plans" }
    if misjudged > 0 { return "\(misjudged) executions with other preemptions than the bound" }
    if let mismatch = strategy.firstMismatch { return "mismatch: \(mismatch)" }
    if strategy.incomplete > 0 { return "\(strategy.incomplete) incomplete" }
    if Set(plans.map(\.prefix)).count != plans.count { return "a plan was given twice" }
    return nil
  }
}

extension BoundedExploration {
  /// A program's explorations beside brute force.
  struct Comparison {
    var wasCompared = false
    /// By bound, whether it left outcomes out that more preemptions reach.
    var bounded = [false, false, false]
    var hasDeadlock = false
    var classes = 0
    /// Executions without a bound.
    var executions = 0
    /// What is wrong, if anything.
    var complaint: String?
  }

  /// Compares bounds 0, 1, 2 and none with brute force, which is given up at so many states.
  static func compare(
    _ program: Program, limit: Int = 8_000, classLimit: Int = 1 << 22
  ) -> Comparison {
    var comparison = Comparison()
    guard let classes = BruteForce.classes(of: program, limit: limit),
      let outcomes = BruteForce.outcomes(of: program, limit: limit),
      let preemptions = BruteForce.preemptions(of: program, atMost: 2, limit: 2 * limit)
    else { return comparison }
    comparison.wasCompared = true
    comparison.classes = classes.count
    comparison.hasDeadlock = outcomes.contains { !$0.blocked.isEmpty }
    for bound in 0...2 {
      let explored = BoundedExploration(
        program, PreemptionBounded(limit: bound, classLimit: classLimit))
      let expected = Set(preemptions.filter { $0.value <= bound }.keys)
      comparison.bounded[bound] = expected.count < outcomes.count
      comparison.complaint =
        explored.complaint ?? explored.complaint(expected, all: outcomes, bound: bound)
      if let complaint = comparison.complaint {
        comparison.complaint = "bound \(bound): \(complaint)"
        return comparison
      }
    }
    let explored = BoundedExploration(
      program, PreemptionBounded(classLimit: classLimit), keepingClasses: true)
    comparison.executions = explored.plans.count
    comparison.complaint =
      explored.complaint ?? explored.complaint(outcomes, all: outcomes, bound: nil)
    if comparison.complaint == nil, explored.classes != classes {
      comparison.complaint = "classes: \(explored.classes.count), of \(classes.count)"
    }
    return comparison
  }

  private func complaint(
    _ expected: Set<Machine.Outcome>, all: Set<Machine.Outcome>, bound: Int?
  ) -> String? {
    if outcomes != expected {
      return """
        outcomes: \(outcomes.intersection(expected).count), of \(expected.count), \
        and \(outcomes.subtracting(expected).count) others
        """
    }
    let finished = strategy.finishedBound
    if let bound, finished != bound, !(strategy.leavesNothingOut && finished ?? bound < bound) {
      return "finished \(finished.map { "\($0)" } ?? "no bound")"
    }
    if strategy.leavesNothingOut, expected != all { return "leaves something out" }
    if bound == nil, !strategy.leavesNothingOut { return "claims to leave something out" }
    return nil
  }
}

extension Program {
  /// The same with threads that give way now and then.
  func yielding(_ random: inout SplitMix64) -> Program {
    var program = self
    for thread in program.threads.indices {
      for place in (0...program.threads[thread].count).reversed() where random.next() & 3 == 0 {
        program.threads[thread].insert(.yield, at: place)
      }
    }
    return program
  }
}
