internal import Synchronization

/// Asks every exploration of the process to stop, as ctrl-C does.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether explorations are to end with what they have found so far.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Safe to call from a signal handler.
  public static func request() { flag.store(true, ordering: .relaxed) }
}
