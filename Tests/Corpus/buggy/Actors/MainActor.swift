/// What is left, as the main actor has it.
@MainActor private final class Stock {
  private var count = 1
  private let audit = Audit()

  nonisolated init() {}

  /// Asks, waits, and takes.
  func takeAfterCheck() async {
    guard count > 0 else { return }
    await audit.record(1)
    count -= 1
  }

  /// Asks and takes, and waits then.
  func take() async {
    guard count > 0 else { return }
    count -= 1
    await audit.record(1)
  }

  var left: Int { count }
}

extension CorpusProgram {
  /// The main actor is given up at an `await` as any other is.
  static let mainActor = CorpusProgram(
    "main-actor", "the main actor asks, awaits, and takes; twice at a time", finding: "reentrancy",
    classes: 4265
  ) {
    let stock = Stock()
    async let first: Void = stock.takeAfterCheck()
    async let second: Void = stock.takeAfterCheck()
    _ = await (first, second)
    return await stock.left
  }

  /// What is asked and what is taken are not apart.
  static let repairedMainActor = CorpusProgram(
    "main-actor-fixed", "the main actor asks and takes, and awaits after that", classes: 693
  ) {
    let stock = Stock()
    async let first: Void = stock.take()
    async let second: Void = stock.take()
    _ = await (first, second)
    return await stock.left
  }
}
