internal import LockstepEngine

/// The different findings of an exploration so far, in the order in which they were met.
struct Candidates {
  private(set) var all: [Candidate] = []
  private var digests: [Digest] = []
  /// Those that the executions so far may yet show to be no mistakes.
  private(set) var provisional = 0

  /// Most different findings that one exploration keeps, and as many provisional ones.
  private static let maximum = 40

  /// As much of a candidate as tells whether an execution shows it, and shows it better.
  ///
  /// Most executions show again what earlier ones have shown: that is told from these alone.
  private struct Digest {
    var kind: Finding.Kind
    var object: ObjectID?
    /// Of a data race its places, the lower one first; of an update by atomic accesses those of its key.
    var places: (UInt64, UInt64, UInt64)
    var preemptions: Int
    var length: Int

    init(_ candidate: Candidate) {
      kind = candidate.key.kind
      object = candidate.key.object
      places = Self.triple(candidate.key.places)
      preemptions = candidate.preemptions
      length = candidate.length
    }

    /// What is missing is 0; of a data race at one place, that is both.
    private static func triple(_ places: [UInt64]) -> (UInt64, UInt64, UInt64) {
      guard let first = places.first else { return (0, 0, 0) }
      return (first, places.count > 1 ? places[1] : first, places.count > 2 ? places[2] &+ 1 : 0)
    }

    func matches(_ sighting: Analysis.Sighting, in trace: [Event]) -> Bool {
      guard kind == sighting.kind else { return false }
      guard kind == .dataRace else {
        guard object == sighting.object else { return false }
        guard kind == .lostUpdate, trace[sighting.first].isAtomic else {
          return places == (0, 0, 0)
        }
        let update = Candidate.Key.places(ofUpdate: sighting.finding.steps, in: trace)
        return Self.triple(update) == places
      }
      let first = trace[sighting.first].programCounter
      let last = trace[sighting.last].programCounter
      return places == (min(first, last), max(first, last), 0)
    }

    /// Whether an execution of so many preemptions and events shows it better.
    func isWorse(than preemptions: Int, _ length: Int) -> Bool {
      (preemptions, length) < (self.preemptions, self.length)
    }
  }

  func candidate(of key: Candidate.Key) -> Candidate? {
    all.first { $0.key == key }
  }

  /// How many there are that are no longer in doubt.
  var count: Int { all.count - provisional }

  /// Whether an execution that shows this would be worth keeping.
  func isNews(
    _ sighting: Analysis.Sighting, in trace: [Event], preemptions: Int
  ) -> Bool {
    for digest in digests where digest.matches(sighting, in: trace) {
      return digest.isWorse(than: preemptions, trace.count)
    }
    return true
  }

  /// The same of a finding that only all executions together can confirm.
  func isNews(
    _ finding: Finding, _ pattern: StaleRead.Pattern?, in execution: borrowing Execution,
    _ preemptions: Int
  ) -> Bool {
    let key = Candidate.Key(finding, in: execution.trace, pattern: pattern)
    guard let place = all.firstIndex(where: { $0.key == key }) else { return true }
    return digests[place].isWorse(than: preemptions, execution.trace.count)
  }

  /// Forgets a finding.
  mutating func drop(_ key: Candidate.Key) {
    guard let place = all.firstIndex(where: { $0.key == key }) else { return }
    if all[place].pattern != nil { provisional -= 1 }
    all.remove(at: place)
    digests.remove(at: place)
  }

  /// Keeps a finding, if it is new or shown better than before.
  mutating func keep(_ candidate: Candidate) {
    let key = candidate.key
    var candidate = candidate
    guard let place = all.firstIndex(where: { $0.key == key }) else {
      let alike = key.pattern == nil ? count : provisional
      guard alike < Self.maximum else { return }
      if key.pattern != nil { provisional += 1 }
      all.append(candidate)
      return digests.append(Digest(candidate))
    }
    guard digests[place].isWorse(than: candidate.preemptions, candidate.length) else { return }
    candidate.atExecution = all[place].atExecution
    all[place] = candidate
    digests[place] = Digest(candidate)
  }
}
