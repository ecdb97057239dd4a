import Accounts
import Foundation
import Lockstep
import Testing

/// Runs a closure on two threads and waits for both.
private func onTwoThreads(_ body: @escaping @Sendable () -> Void) {
  let done = DispatchSemaphore(value: 0)
  for _ in 1...2 {
    Thread.detachNewThread {
      body()
      done.signal()
    }
  }
  for _ in 1...2 { done.wait() }
}

@Test func `Correct: locked deposits`() throws {
  let exploration = try explore {
    let account = Account()
    onTwoThreads { account.depositLocked(1) }
    return account.balance
  }
  #expect(exploration.outcomes.keys.sorted() == [2])
}

@Test func `Racy: a deposit inlined from another module`() throws {
  let exploration = try explore {
    let account = Account()
    onTwoThreads { account.deposit(1) }
    return account.balance
  }
  #expect(exploration.outcomes.keys.sorted() == [2])
}

@Test func `Racy: a deposit in C`() throws {
  let exploration = try explore {
    let account = Account()
    onTwoThreads { account.depositInC(1) }
    return account.balanceInC
  }
  #expect(exploration.outcomes.keys.sorted() == [2])
}
