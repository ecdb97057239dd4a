internal import LockstepEngine
internal import LockstepReport

/// Sentences about tasks.
extension FindingWriter {
  /// The finding's steps are one task's read, another's write, and the first one's write.
  var reentrancy: String {
    let steps = finding.steps
    guard steps.count >= 3 else { return "Actor reentrancy on \(object)" }
    let trace = execution.trace
    return Summary.reentrancy(
      task: name(of: trace[steps[0]].thread), object: object,
      read: details.description(of: steps[0]).location,
      write: details.description(of: steps[2]).location,
      writer: name(of: trace[steps[1]].thread),
      between: details.description(of: steps[1]).location)
  }

  /// The finding's steps are the acquisition and the suspension.
  var heldAcrossSuspension: String {
    guard let acquisition = finding.steps.first, let suspension = finding.steps.last
    else { return object }
    return Summary.heldAcrossSuspension(
      task: name(of: execution.trace[acquisition].thread),
      lock: Summary.Place(object, at: details.description(of: acquisition).location),
      suspension: details.description(of: suspension).location)
  }

  /// The finding's steps are another task's signal, and the wait that it ended.
  var starvation: String {
    guard let signal = finding.steps.first, let wait = finding.steps.last else { return object }
    return Summary.starvation(
      task: name(of: execution.trace[wait].thread),
      semaphore: Summary.Place(object, at: details.description(of: wait).location),
      other: name(of: execution.trace[signal].thread),
      signalled: details.description(of: signal).location)
  }

  /// The finding's steps are where tasks were suspended that did not go on.
  var leakedTask: String {
    let trace = execution.trace
    return Summary.leakedTask(
      task: finding.steps.first.map { name(of: trace[$0].thread) } ?? "a task",
      at: finding.steps.first.flatMap { details.description(of: $0).location },
      others: finding.steps.dropFirst().map { name(of: trace[$0].thread) })
  }

  /// The finding's steps are both resumptions.
  var resumedTwice: String {
    guard let first = finding.steps.first, let second = finding.steps.last else { return crash }
    let trace = execution.trace
    return Summary.resumedTwice(
      by: name(of: trace[first].thread), at: details.description(of: first).location,
      andBy: trace[second].thread == trace[first].thread ? nil : name(of: trace[second].thread),
      at: details.description(of: second).location)
  }

  /// Tasks that were suspended and did not go on, the body's first.
  var neverResumed: String {
    var latest: [ThreadID: Int] = [:]
    for (index, event) in execution.trace.enumerated()
    where event.kind == .resume || event.kind == .suspend || event.kind == .call {
      latest[event.thread] = index
    }
    let waiting = latest.filter { execution.trace[$0.value].isSuspension }.keys.sorted()
    let first = waiting.first ?? ThreadID(0)
    return Summary.neverResumed(
      task: name(of: first),
      at: latest[first].flatMap { details.description(of: $0).location },
      others: waiting.dropFirst().map { name(of: $0) })
  }
}
