/// A variable that nobody guards.
public final class Unguarded: @unchecked Sendable {
  /// How often it was added to.
  public var count = 0
  /// One that was not.
  public init() {}
}

/// Two tasks add to a variable that nobody guards.
public func racingTasks() async -> Int {
  let counter = Unguarded()
  await withTaskGroup(of: Void.self) { group in
    for _ in 1...2 { group.addTask { counter.count += 1 } }
  }
  return counter.count
}
