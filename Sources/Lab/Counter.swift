/// The notebook's `total`, shared by all threads.
///
/// `@unchecked Sendable` is the notebook's mistake: nothing here keeps two threads apart.
public final class Counter: @unchecked Sendable {
  /// What the threads add to.
  public var total: Int32 = 0

  /// A counter at zero.
  public init() {}
}

/// Adds one, as a call of its own: inlined, the loop around it would fold into one addition.
@inline(never)
func increment(_ counter: Counter) {
  counter.total += 1
}

/// The notebook's statement under the microscope.
@inline(never)
public func add(_ i: Int32, to counter: Counter) {
  counter.total += i
}
