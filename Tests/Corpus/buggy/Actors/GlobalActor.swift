/// What all that is in stock belongs to.
@globalActor private actor Warehouse {
  static let shared = Warehouse()
}

/// What is left, as the warehouse has it.
@Warehouse private final class Shelf {
  private var count = 1
  private let audit = Audit()

  nonisolated init() {}

  /// Asks, waits, and takes.
  func takeAfterCheck() async {
    guard count > 0 else { return }
    await audit.record(1)
    count -= 1
  }

  /// Asks, waits, asks again, and takes.
  func take() async {
    guard count > 0 else { return }
    await audit.record(1)
    guard count > 0 else { return }
    count -= 1
  }

  var left: Int { count }
}

extension CorpusProgram {
  /// A global actor is given up at an `await` as any other is. (Counts as in `groups`, seen.)
  static let globalActor = CorpusProgram(
    "global-actor", "a global actor asks, awaits, and takes; twice at a time",
    finding: "reentrancy", classes: 1185
  ) {
    let shelf = Shelf()
    async let first: Void = shelf.takeAfterCheck()
    async let second: Void = shelf.takeAfterCheck()
    _ = await (first, second)
    return await shelf.left
  }

  /// The check after the `await` is the one that counts.
  static let repairedGlobalActor = CorpusProgram(
    "global-actor-fixed", "the same with the question repeated after the await", classes: 1185
  ) {
    let shelf = Shelf()
    async let first: Void = shelf.take()
    async let second: Void = shelf.take()
    _ = await (first, second)
    return await shelf.left
  }
}
