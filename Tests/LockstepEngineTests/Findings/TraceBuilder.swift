import LockstepEngine

/// Writes a trace by hand.
struct TraceBuilder {
  private(set) var events: [Event] = []

  static let cell = Machine.cell(0)

  mutating func add(
    _ thread: UInt8, _ kind: Event.Kind, _ object: ObjectID = cell, value: UInt64 = 0,
    order: Event.Order = .none, size: UInt32 = 4, other: ObjectID = ObjectID(0),
    flags: Event.Flags = [], at programCounter: UInt64 = 0
  ) {
    events.append(
      Event(
        thread: ThreadID(thread), kind: kind, object: object, size: size, other: other,
        value: value, order: order, flags: flags, programCounter: programCounter))
  }

  /// Thread 0 creates threads 1 and 2 first.
  init(_ build: (inout TraceBuilder) -> Void) {
    add(0, .spawn, ObjectID(0), value: 1)
    add(0, .spawn, ObjectID(0), value: 2)
    build(&self)
  }

  var findings: [Finding] {
    var analysis = Analysis()
    return analysis.findings(in: Execution(ending: .completed, trace: events))
  }

  var kinds: [Finding.Kind] { findings.map(\.kind) }
}
