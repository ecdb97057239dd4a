internal import LockstepEngine

/// What the program does after changes to a collection at one place: where they left it as it was, and where
/// they did not.
struct Aftermaths {
  /// The places of the steps that came after all changes, and after any.
  private var always: (afterChange: Set<UInt64>?, afterNone: Set<UInt64>?)
  private var ever: (afterChange: Set<UInt64>, afterNone: Set<UInt64>) = ([], [])

  /// In the place of all that is written by no steps.
  private static let quietWrites: UInt64 = 0

  /// Whether something is done always after the ones, and never after the others.
  var differ: Bool {
    guard let afterChange = always.afterChange, let afterNone = always.afterNone else {
      return false
    }
    return !afterChange.isSubset(of: ever.afterNone) || !afterNone.isSubset(of: ever.afterChange)
  }

  /// Adds what an execution shows; nothing where it did not come to its end.
  mutating func insert(of place: UInt64, in look: CloseLook) {
    guard look.execution.ending == .completed else { return }
    let trace = look.execution.trace
    let runners = Runners(look.execution)
    let runner = { (index: Int) in runners?.ofEvents[index] ?? trace[index].thread }
    for index in trace.indices where trace[index].place << 16 == place << 16 {
      guard let changesIt = look.changesCollection(at: index) else { continue }
      let after = trace.indices[(index + 1)...].filter { runner($0) == runner(index) }
        .prefix { trace[$0].programCounter != trace[index].programCounter }.map { trace[$0] }
      var places = Set(after.filter(\.isDeed).map(\.programCounter))
      let isQuiet = after.allSatisfy {
        $0.thread != trace[index].thread || !$0.tellsOfQuietWrites
          || $0.other == trace[index].other
      }
      if !isQuiet { places.insert(Self.quietWrites) }
      if changesIt {
        always.afterChange = always.afterChange?.intersection(places) ?? places
        ever.afterChange.formUnion(places)
      } else {
        always.afterNone = always.afterNone?.intersection(places) ?? places
        ever.afterNone.formUnion(places)
      }
    }
  }
}

extension CloseLook {
  /// Whether a step is the first of a change to what a variable refers to, or to the reference; nil where it is
  /// none that may be.
  fileprivate func changesCollection(at index: Int) -> Bool? {
    let trace = execution.trace
    let event = trace[index]
    guard event.hasValue else { return nil }
    if event.kind == .opaqueReadWrite { return event.value != 0 }
    guard event.kind == .write else { return nil }
    let isSame = { (other: Event) in
      other.thread == event.thread && other.object == event.object && other.hasValue
    }
    let again = trace[..<index].last { $0.kind == .read && isSame($0) }
    guard let again, again.content != nil else { return nil }
    // While it is being changed, something else is in its place.
    let last = trace[index...].prefix { $0.thread != event.thread || $0.kind.isMemory }
      .last { $0.kind == .write && isSame($0) }
    return last.map { again.value != $0.value || again.content != $0.content }
  }
}

extension Event {
  /// Whether the program does it, rather than its tasks and queues, on behalf of whom comes first or last.
  fileprivate var isDeed: Bool {
    switch kind {
    case .read, .call, .sharedCall, .awaitCompletion, .finish: false
    default: !kind.isAnnotation
    }
  }

  /// Whether `other` is a hash of what its thread has written by no steps; see `LKSEvent`.
  fileprivate var tellsOfQuietWrites: Bool { kind == .exit || kind.isMemory && otherSize == 0 }
}
