/// What two traces have in common if they are the same run, whatever process each took place in.
///
/// Threads, kinds, sizes, memory orders and objects count; values and program counters do not.
/// Objects go by their names, except those in the space `.address`: addresses differ from process
/// to process, so these are numbered as they first appear.
package struct TraceIdentity: Sendable {
  package private(set) var hash: UInt64 = 0x4C6F_636B_7374_6570
  private var numbers: [ObjectID: UInt64] = [:]

  package init() {}

  /// Adds an event; gives a hash of the name of what it acts on.
  @discardableResult
  package mutating func append(_ event: Event) -> UInt16 {
    var name: UInt64 = 0
    mix(
      UInt64(event.kind.rawValue) | UInt64(event.thread.rawValue) << 8
        | UInt64(event.order.rawValue) << 16)
    if !event.kind.isAnnotation {
      name = canonical(event.object)
      mix(UInt64(event.size))
      mix(name)
      if event.kind == .wait { mix(canonical(event.other)) }
    }
    return UInt16(truncatingIfNeeded: SplitMix64.mix(name))
  }

  /// The identity of a whole trace.
  package static func hash(of execution: borrowing Execution) -> UInt64 {
    var identity = TraceIdentity()
    for event in execution.trace { identity.append(event) }
    return identity.hash
  }

  private mutating func canonical(_ object: ObjectID) -> UInt64 {
    guard object.space == .address else { return object.rawValue }
    if let number = numbers[object] { return number }
    let number = UInt64(numbers.count)
    numbers[object] = number
    return number
  }

  private mutating func mix(_ word: UInt64) {
    hash = SplitMix64.mix(hash ^ word) &+ 0x9E37_79B9_7F4A_7C15
  }
}
