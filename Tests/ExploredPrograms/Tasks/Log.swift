import Synchronization

/// Whoever comes writes down a letter.
public final class Log: Sendable {
  private let letters = Mutex("")

  /// An empty one.
  public init() {}

  /// Adds a letter at the end.
  public func add(_ letter: String) { letters.withLock { $0 += letter } }
  /// The letters so far.
  public var text: String { letters.withLock { $0 } }
}
