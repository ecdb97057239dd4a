import CLedger
import Foundation
import Ledger

/// An account whose owner may or may not remember to lock.
public final class Account: @unchecked Sendable {
  private let lock = NSLock()
  private let ledger = Ledger()
  private let entry = UnsafeMutablePointer<CInt>.allocate(capacity: 1)

  /// An empty account.
  public init() { entry.initialize(to: 0) }

  deinit { entry.deallocate() }

  /// What the ledger says.
  public var balance: Int { Int(ledger.total) }
  /// What the entry kept by C says.
  public var balanceInC: Int { Int(entry.pointee) }

  /// Adds without a lock.
  public func deposit(_ amount: Int32) { ledger.add(amount) }

  /// Adds without a lock, in C.
  public func depositInC(_ amount: Int32) { ledger_add(entry, amount) }

  /// Adds under the lock.
  public func depositLocked(_ amount: Int32) {
    lock.withLock { ledger.add(amount) }
  }
}
