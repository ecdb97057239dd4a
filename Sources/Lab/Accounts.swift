import Foundation

/// An account with a lock of its own.
public final class Account: @unchecked Sendable {
  fileprivate let lock = NSLock()
  fileprivate var balance: Int

  init(_ balance: Int) { self.balance = balance }
}

/// Moves money, taking the source's lock first and the target's second.
@inline(never)
private func transfer(_ amount: Int, from source: Account, to target: Account) {
  source.lock.lock()
  target.lock.lock()
  source.balance -= amount
  target.balance += amount
  target.lock.unlock()
  source.lock.unlock()
}

/// Two accounts, and what is in them.
public final class Accounts: Sendable {
  let x = Account(25)
  let y = Account(100)
}

/// Cell `bank opposite`: two transfers that take the same two locks in opposite order.
public func bankOpposite() -> String {
  let accounts = Accounts()
  inParallel(2) { thread in
    if thread == 0 {
      transfer(5, from: accounts.x, to: accounts.y)
    } else {
      transfer(10, from: accounts.y, to: accounts.x)
    }
  }
  return "x \(accounts.x.balance) y \(accounts.y.balance)"
}
