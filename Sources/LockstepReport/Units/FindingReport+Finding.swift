package import LockstepEngine

/// Names and places of what a finding is about, as whoever knows the process gives them.
package struct FindingDescriptions {
  /// Of an event: an object, a value and a place, where a thrown error is the object.
  package var event: (Event) -> EventDescription
  /// Of where a thread waits for good.
  package var blocked: (Execution.Blocked) -> EventDescription
  /// What an assertion said, a crash's signal, the outcomes: what the trace does not hold.
  package var message: String

  package init(
    event: @escaping (Event) -> EventDescription,
    blocked: @escaping (Execution.Blocked) -> EventDescription, message: String = ""
  ) {
    self.event = event
    self.blocked = blocked
    self.message = message
  }
}

extension FindingReport {
  /// A finding of the engine with its names and lines.
  ///
  /// - Parameters:
  ///   - finding: as indices into the trace.
  ///   - execution: the one that shows it.
  ///   - threads: names, by number.
  ///   - schedule: the token that replays it.
  ///   - preemptions: in that schedule.
  ///   - atExecution: number of the execution, from 1.
  ///   - descriptions: the names.
  package init(
    _ finding: Finding, in execution: Execution, threads: [String], schedule: String,
    preemptions: Int, atExecution: Int, descriptions: FindingDescriptions
  ) {
    let narration = FindingNarration(
      finding: finding, execution: execution, threads: threads, descriptions: descriptions)
    let waits = finding.waits.map(narration.wait)
    self.init(
      kind: finding.kind.rawValue, summary: narration.summary, schedule: schedule,
      preemptions: preemptions, atExecution: atExecution, threads: threads,
      events: narration.events, waits: waits.isEmpty ? nil : waits)
  }
}
