extension Strategy {
  /// What can be said on a command line.
  package static let help =
    "automatic, exhaustive, exhaustive:PREEMPTIONS, random, random:SEED, replay:TOKEN"

  /// The strategy of a name as it is said on a command line; nil if there is none.
  package init?(named name: String) {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let detail = parts.count > 1 ? String(parts[1]) : nil
    switch (parts[0], detail) {
    case ("automatic", nil): self = .automatic
    case ("exhaustive", nil): self = .exhaustive
    case ("exhaustive", let detail?):
      guard let preemptions = Int(detail), preemptions >= 0 else { return nil }
      self = .exhaustive(preemptions: preemptions)
    case ("random", nil): self = .random(seed: 1)
    case ("random", let detail?):
      guard let seed = UInt64(detail) else { return nil }
      self = .random(seed: seed)
    case ("replay", let detail?): self = .replay(detail)
    default: return nil
    }
  }
}
