/// Why an exploration could not be carried out at all.
public enum ExplorationError: Error, Equatable, CustomStringConvertible {
  /// The memory for an exploration's threads could not be reserved.
  case noMemory
  /// The exploration was started from inside another one's body.
  case nested
  /// A token could not be replayed, with the reason.
  case token(String)

  /// The rule that was not met, and what to do.
  public var description: String {
    switch self {
    case .noMemory:
      "an exploration reserves 64 GB of address space, which this process may not: raise its limit, "
        + "or let fewer explorations leave hundreds of megabytes allocated"
    case .nested: "an exploration cannot be started inside an explored body"
    case .token(let reason): reason
    }
  }
}
