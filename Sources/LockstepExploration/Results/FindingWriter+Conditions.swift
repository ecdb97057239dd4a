internal import LockstepEngine
internal import LockstepReport

/// Sentences about conditions.
extension FindingWriter {
  /// The finding's steps are the signal, and the wait that came too late.
  var lostWakeUp: String {
    guard let signal = finding.steps.first, let wait = finding.steps.last else { return object }
    return Summary.lostWakeUp(
      signaller: name(of: execution.trace[signal].thread),
      signalled: details.description(of: signal).location,
      waiter: name(of: execution.trace[wait].thread),
      waits: details.description(of: wait).location, object: object)
  }

  /// The finding's steps are the check, the wait, another thread's store, and the lock taken again.
  var waitWithoutLoop: String {
    let (steps, trace) = (finding.steps, execution.trace)
    guard let check = steps.first, let wait = steps.first(where: { trace[$0].kind == .wait }),
      let store = steps.first(where: { trace[$0].kind.isStore })
    else { return object }
    return Summary.waitWithoutLoop(
      waiter: name(of: trace[wait].thread),
      condition: details.description(of: wait).object ?? "a condition",
      waits: details.description(of: wait).location,
      checked: Summary.Place(object, at: details.description(of: check).location),
      writer: name(of: trace[store].thread), writes: details.description(of: store).location)
  }
}
