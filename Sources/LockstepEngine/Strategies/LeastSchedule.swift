/// Looks for the schedule that shows a finding with the fewest preemptions, then the fewest steps.
///
/// Explores as `PreemptionBounded` does, and ends with the first bound at which the finding was
/// shown. Whether an execution shows it is for the caller to say, and must be the same for all
/// schedules of one Mazurkiewicz class, as it is for an outcome, a deadlock or a race.
package struct LeastSchedule: ~Copyable, Sendable {
  package struct Size: Comparable, Hashable, Sendable {
    package var preemptions: Int
    package var steps: Int

    package init(preemptions: Int, steps: Int) {
      self.preemptions = preemptions
      self.steps = steps
    }

    package static func < (left: Size, right: Size) -> Bool {
      (left.preemptions, left.steps) < (right.preemptions, right.steps)
    }
  }

  package struct Result: Equatable, Sendable {
    package var size: Size
    /// The threads of all steps: a prefix that makes the execution again.
    package var threads: [ThreadID]
  }

  /// The least so far that is no larger than what was known.
  package private(set) var result: Result?
  private let known: Size
  private var search: PreemptionBounded

  /// - Parameters:
  ///   - known: The size of a schedule that shows the finding.
  ///   - frontierLimit: See `PreemptionBounded`.
  package init(atMost known: Size, frontierLimit: Int = 1 << 20) {
    self.known = known
    search = PreemptionBounded(limit: known.preemptions, frontierLimit: frontierLimit)
  }

  /// Executions that it took so far.
  package var executions: Int { search.executions }

  /// Whether no schedule is less than the result: all that could be were explored, to their ends.
  package var isProvenLeast: Bool {
    guard let result, let finished = search.finishedBound else { return false }
    return finished >= result.size.preemptions && search.incomplete == 0
      && search.firstMismatch == nil
  }

  /// The next schedule to carry out, or nil at the end.
  package mutating func next() -> Plan? { search.next() }

  /// Takes note of the execution of the plan that `next()` returned last.
  package mutating func record(_ execution: borrowing Execution, showsFinding: Bool) {
    search.record(execution)
    guard showsFinding else { return }
    let threads = execution.threads
    let size = Size(preemptions: search.bound, steps: threads.count)
    guard size <= known, result.map({ size < $0.size }) ?? true else { return }
    result = Result(size: size, threads: threads)
    search.limit = search.bound
  }
}
