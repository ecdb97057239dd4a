/// Chooses schedules: says which is next, and is shown what it gave.
package protocol ExplorationStrategy: ~Copyable {
  /// The next schedule to carry out, or nil when every schedule that it stands for was.
  mutating func next() -> Plan?

  /// Takes note of the execution of the plan that `next()` returned last.
  mutating func record(_ execution: borrowing Execution)
}
