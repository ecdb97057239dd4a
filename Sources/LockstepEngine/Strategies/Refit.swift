/// Finds the schedule that an execution would have had if its threads had taken more steps.
///
/// Once more memory is known to be shared, what was one step is several. Each plan follows the former
/// steps as far as they are met; in between, a thread may take steps that it did not take before. There
/// are at most as many plans as there were changes from one thread to another, and one.
package struct Refit: ExplorationStrategy, Sendable {
  /// A step as it was.
  package struct Step: Hashable, Sendable, Codable {
    package var thread: ThreadID
    package var programCounter: UInt64

    package init(_ event: Event) {
      thread = event.thread
      programCounter = event.programCounter
    }
  }

  private let former: [Step]
  private var prefix: [ThreadID] = []
  private var isOver = false
  /// Whether the latest execution has all the former steps, in their order.
  package private(set) var isComplete = false

  package init(_ former: [Step]) {
    self.former = former
    prefix = former.first.map { [$0.thread] } ?? []
  }

  package mutating func next() -> Plan? {
    isOver ? nil : Plan(prefix: prefix, branch: prefix.count)
  }

  package mutating func record(_ execution: borrowing Execution) {
    var matched = 0
    var threads: [ThreadID] = []
    for event in execution.trace where !event.kind.isAnnotation {
      guard matched < former.count else { break }
      let wanted = former[matched]
      guard event.thread == wanted.thread else {
        // Where nothing else than before was done, nothing else will be.
        let longer = threads + [wanted.thread]
        isOver = longer.count <= prefix.count || !event.enabled.contains(wanted.thread)
        prefix = longer
        return
      }
      threads.append(event.thread)
      if Step(event) == wanted { matched += 1 }
    }
    isOver = true
    isComplete = matched == former.count
  }
}
