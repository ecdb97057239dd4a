/// How schedules are chosen.
public struct Strategy: Sendable, CustomStringConvertible {
  enum Choice: Sendable {
    case exhaustive
    case random(seed: UInt64)
    case replay(token: String)
  }

  let choice: Choice

  /// Every schedule that can be told from the others, once each.
  public static let exhaustive = Strategy(choice: .exhaustive)

  /// Schedules drawn at random, each step's thread as likely as the others, until the budget ends.
  public static func random(seed: UInt64) -> Strategy { Strategy(choice: .random(seed: seed)) }

  /// The one schedule of a token that a finding printed.
  public static func replay(_ token: String) -> Strategy { Strategy(choice: .replay(token: token)) }

  /// The strategy's name, with what it was given.
  public var description: String {
    switch choice {
    case .exhaustive: "exhaustive"
    case .random(let seed): "random, seed \(seed)"
    case .replay: "replay"
    }
  }
}
