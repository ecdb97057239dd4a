extension Event {
  /// An event as a runtime writes it down: numbers only, laid out as C lays them out.
  package struct Record: BitwiseCopyable, Sendable {
    package var object: UInt64
    package var other: UInt64
    package var value: UInt64
    package var programCounter: UInt64
    package var enabled: UInt64
    package var sleeping: UInt64
    package var size: UInt32
    package var thread: UInt8
    package var kind: UInt8
    package var order: UInt8
    package var flags: UInt8
    package var preferred: UInt8
    package var otherSize: UInt8
    package var caller: UInt16
    package var stack: UInt32
  }

  /// The event that a record stands for; a `yield` where the kind has no meaning.
  package init(_ record: Record) { self.init(record, .all) }

  fileprivate init(_ record: Record, _ numbers: RecordNumbers) {
    self.init(
      thread: ThreadID(record.thread), kind: numbers.kinds[Int(record.kind)],
      object: ObjectID(record.object), size: record.size, other: ObjectID(record.other),
      value: record.value, order: numbers.orders[Int(record.order)],
      flags: Flags(rawValue: record.flags), programCounter: record.programCounter,
      enabled: ThreadSet(rawValue: record.enabled), sleeping: ThreadSet(rawValue: record.sleeping),
      preferred: ThreadID(record.preferred))
    otherSize = record.otherSize
    caller = record.caller
  }
}

extension Execution {
  /// Adds events to the trace; there is nothing that an exploration does more often.
  package mutating func append(_ records: UnsafeBufferPointer<Event.Record>) {
    guard let first = records.first else { return }
    let numbers = RecordNumbers.all
    let start = trace.count
    trace.append(contentsOf: repeatElement(Event(first, numbers), count: records.count))
    trace.withUnsafeMutableBufferPointer { trace in
      for index in records.indices.dropFirst() {
        trace[start &+ index] = Event(records[index], numbers)
      }
    }
  }
}

/// What the numbers in a record stand for.
private struct RecordNumbers: @unchecked Sendable {
  let kinds: UnsafePointer<Event.Kind>
  /// The strongest where there is none.
  let orders: UnsafePointer<Event.Order>

  static let all = RecordNumbers(
    kinds: table { Event.Kind(rawValue: $0) ?? .yield },
    orders: table { Event.Order(rawValue: $0) ?? .sequentiallyConsistent })

  private static func table<Value>(_ value: (UInt8) -> Value) -> UnsafePointer<Value> {
    let table = UnsafeMutablePointer<Value>.allocate(capacity: 256)
    for number in 0...UInt8.max { (table + Int(number)).initialize(to: value(number)) }
    return UnsafePointer(table)
  }
}
