/// Small enough to be inlined into other modules.
public final class Ledger {
  /// What was added so far.
  public var total: Int32 = 0

  /// An empty ledger.
  public init() {}

  /// Adds without a lock.
  public func add(_ amount: Int32) { total &+= amount }
}
