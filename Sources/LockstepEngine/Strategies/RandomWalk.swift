/// Schedules at random: at each step any thread that can take it, each as likely as the others.
///
/// The same seed gives the same plans.
package struct RandomWalk: ExplorationStrategy, Sendable {
  /// Executions that were recorded, of whatever ending.
  package private(set) var executions = 0
  private var seeds: SplitMix64
  private var remaining: Int

  /// - Parameters:
  ///   - seed: Where the plans' own seeds come from.
  ///   - limit: The most plans to give; none by default, and somebody else must stop.
  package init(seed: UInt64, limit: Int = .max) {
    seeds = SplitMix64(seed: seed)
    remaining = limit
  }

  package mutating func next() -> Plan? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    return Plan(continuation: .random(seed: seeds.next()))
  }

  package mutating func record(_ execution: borrowing Execution) { executions += 1 }
}
