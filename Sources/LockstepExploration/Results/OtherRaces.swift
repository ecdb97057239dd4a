internal import LockstepEngine
internal import LockstepReport

/// Data races that are found and have no report of their own.
///
/// One of each variable has, and three at most. To mend that one does not mend those at other places.
struct OtherRaces {
  /// Lines that race with each other, as text, in the order in which they were found.
  private var pairs: [String] = []

  /// Most that are named.
  private static let maximum = 8

  /// - Parameters:
  ///   - shown: the findings with a report.
  ///   - tally: where the others are.
  init(than shown: [Candidate], in tally: borrowing Tally) {
    var known: [ObjectID?: Set<String>] = [:]
    for candidate in shown {
      known[candidate.finding.object, default: []].formUnion(candidate.places.map(Self.line))
    }
    for race in tally.unshownRaces {
      let lines = race.places.map(Self.line)
      guard !known[race.finding.object, default: []].isSuperset(of: lines) else { continue }
      let different = Set(lines).sorted { ($0.count, $0) < ($1.count, $1) }
      let pair = different.joined(separator: " and ") + (different.count == 1 ? " and itself" : "")
      if !pairs.contains(pair) { pairs.append(pair) }
    }
  }

  private static func line(_ programCounter: UInt64) -> String {
    let frames = FindingDescriber.symbolizer.frames(atReturnAddress: UInt(programCounter))
    return frames.firstUserFrame?.location?.text ?? frames.last?.function ?? "unknown code"
  }

  /// What is said below the findings; nil where there is nothing to say.
  var note: String? {
    guard !pairs.isEmpty else { return nil }
    let count = pairs.count == 1 ? "one more data race" : "\(pairs.count) more data races"
    let rest = pairs.count > Self.maximum ? "; and others" : ""
    return "\(count): between " + pairs.prefix(Self.maximum).joined(separator: "; ") + rest
  }
}
