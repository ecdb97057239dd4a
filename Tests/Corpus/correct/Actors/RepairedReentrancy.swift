/// An account that asks again after it has waited.
private actor Account {
  var balance = 100
  let audit = Audit()

  func withdraw(_ amount: Int) async {
    guard balance >= amount else { return }
    await audit.record(amount)
    guard balance >= amount else { return }
    balance -= amount
  }
}

extension CorpusProgram {
  /// The check after the `await` is the one that counts.
  static let repairedReentrancy = CorpusProgram(
    "reentrancy-fixed", "the same with the check repeated after the await", classes: 1282
  ) {
    let account = Account()
    await withTaskGroup(of: Void.self) { group in
      for _ in 1...2 { group.addTask { await account.withdraw(80) } }
    }
    return await account.balance
  }
}
