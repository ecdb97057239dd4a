/// An account that asks before it pays, and waits in between.
private actor Account {
  var balance = 100
  let audit = Audit()

  func withdraw(_ amount: Int) async {
    guard balance >= amount else { return }
    await audit.record(amount)
    balance -= amount
  }
}

extension CorpusProgram {
  /// Two withdrawals of more than half each: at the `await` the other one comes in.
  static let reentrancy = CorpusProgram(
    "reentrancy", "an actor checks its balance, awaits, and withdraws; twice at a time",
    finding: "reentrancy", classes: 1282
  ) {
    let account = Account()
    await withTaskGroup(of: Void.self) { group in
      for _ in 1...2 { group.addTask { await account.withdraw(80) } }
    }
    return await account.balance
  }
}
