import Foundation

/// Why a transfer could not even be tried.
public enum BankError: Error, Equatable {
  case unknownAccount(String)
}

/// The notebook's bank: a few accounts, and one lock for all.
public final class Bank: @unchecked Sendable {
  private var balances = ["x": 25, "y": 100, "z": 200]
  private let lock = NSLock()

  /// A bank with the notebook's three accounts.
  public init() {}

  /// Moves money as the notebook does: the lock is taken, and given back at the end.
  ///
  /// - Throws: `BankError.unknownAccount`, with the lock still taken: the notebook's mistake.
  func transfer(_ amount: Int, from source: String, to target: String) throws {
    lock.lock()
    try move(amount, from: source, to: target)
    lock.unlock()
  }

  /// Moves money with the lock taken by scope, so that an error gives it back too.
  func scopedTransfer(_ amount: Int, from source: String, to target: String) throws {
    try lock.withLock {
      try move(amount, from: source, to: target)
    }
  }

  private func move(_ amount: Int, from source: String, to target: String) throws {
    guard let before = balances[source] else { throw BankError.unknownAccount(source) }
    guard let other = balances[target] else { throw BankError.unknownAccount(target) }
    if before >= amount {
      balances[source] = before - amount
      balances[target] = other + amount
      print("transferred")
    } else {
      print("denied")
    }
  }

  /// What the accounts hold, in their order.
  public var contents: [Int] {
    lock.withLock { ["x", "y", "z"].compactMap { balances[$0] } }
  }
}

/// The notebook's four transfers, two on each thread; one goes to "w", which nobody has.
///
/// Returns the accounts' contents and the errors that reached their caller.
private func transfers(
  _ transfer: @escaping @Sendable (Bank, Int, String, String) throws -> Void
) -> String {
  let bank = Bank()
  let errors = ErrorCounter()
  inParallel(2) { thread in
    do {
      if thread == 0 {
        try transfer(bank, 50, "x", "y")
        try transfer(bank, 50, "y", "z")
      } else {
        try transfer(bank, 100, "z", "x")
        try transfer(bank, 10, "z", "w")
      }
    } catch {
      errors.count += 1
    }
  }
  let contents = bank.contents
  return "\(contents) sum \(contents.reduce(0, +)) errors \(errors.count)"
}

/// Errors of the one thread that meets any.
private final class ErrorCounter: @unchecked Sendable {
  var count = 0
}

/// Cell `bank`: the unknown account throws after the lock was taken.
public func bank() -> String {
  transfers { try $0.transfer($1, from: $2, to: $3) }
}

/// Cell `scoped`: the same with the lock taken by scope.
public func scoped() -> String {
  transfers { try $0.scopedTransfer($1, from: $2, to: $3) }
}
