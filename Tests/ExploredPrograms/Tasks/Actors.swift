/// The main actor is one for all.
@MainActor private final class Screen {
  static let shared = Screen()
  var text = ""
}

/// Two tasks write on the main actor.
public func mainActor() async -> String {
  await MainActor.run { Screen.shared.text = "" }
  async let first: Void = MainActor.run { Screen.shared.text += "a" }
  async let second: Void = MainActor.run { Screen.shared.text += "b" }
  _ = await (first, second)
  return await Screen.shared.text
}

/// A global actor with a class of its own.
@globalActor public actor Library {
  /// The one there is.
  public static let shared = Library()
}

@Library private final class Shelf {
  var books = 0
  nonisolated init() {}
  func add() { books += 1 }
}

/// Two tasks add to what a global actor guards.
public func globalActor() async -> Int {
  let shelf = Shelf()
  async let first: Void = shelf.add()
  async let second: Void = shelf.add()
  _ = await (first, second)
  return await shelf.books
}
