/// How schedules are chosen.
public struct Strategy: Sendable, CustomStringConvertible {
  enum Choice: Sendable {
    case automatic
    case exhaustive
    case bounded(preemptions: Int)
    case random(seed: UInt64)
    case replay(token: String)
  }

  let choice: Choice

  /// Whether it repeats what was found, and looks for nothing.
  var isReplay: Bool {
    if case .replay = choice { true } else { false }
  }

  /// Every schedule, as far as the budget reaches: first as `.exhaustive`; when half of it is used up,
  /// those with the fewest preemptions; and for the last quarter at random.
  public static let automatic = Strategy(choice: .automatic)

  /// Every schedule that can be told from the others, once each.
  public static let exhaustive = Strategy(choice: .exhaustive)

  /// Every schedule with at most so many preemptions, those with fewer first.
  ///
  /// A preemption takes a thread off that could have gone on. Most mistakes need one or two.
  /// (Musuvathi, Qadeer: Iterative context bounding, PLDI 2007.)
  public static func exhaustive(preemptions: Int) -> Strategy {
    Strategy(choice: .bounded(preemptions: max(preemptions, 0)))
  }

  /// Schedules drawn at random, each step's thread as likely as the others, until the budget ends.
  public static func random(seed: UInt64) -> Strategy { Strategy(choice: .random(seed: seed)) }

  /// The one schedule of a token that a finding printed.
  public static func replay(_ token: String) -> Strategy { Strategy(choice: .replay(token: token)) }

  /// The strategy's name, with what it was given.
  public var description: String {
    switch choice {
    case .automatic: "automatic"
    case .exhaustive: "exhaustive"
    case .bounded(let preemptions): "exhaustive, preemptions \(preemptions)"
    case .random(let seed): "random, seed \(seed)"
    case .replay: "replay"
    }
  }
}
