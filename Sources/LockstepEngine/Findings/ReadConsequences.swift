/// Whether what a thread stores depends on what it read before, as far as executions have shown.
///
/// A store that came after each read at some place, before the next read there, does not depend on
/// it: the read was for a log. Nor does one that always came but after the last round of a loop: the
/// rounds are told apart by their number. Only the accesses of one thread count, and threads that make
/// the same ones at the same places are looked at once.
struct ReadConsequences: Sendable {
  /// The places of the stores that came after a read each time, and of those that ever did.
  private struct Stores {
    var always: Set<UInt64>
    var ever: Set<UInt64>
  }

  /// By the place of a read, and how many there were before it in its thread.
  private var stores: [UInt64: [Stores]] = [:]
  /// The sequences of accesses that were seen, by their hashes.
  private var known: Set<UInt64> = []

  private static let maximumSequences = 4096

  /// Whether a sequence of accesses, by its hash, is new and should be added.
  mutating func isNew(_ sequence: UInt64) -> Bool {
    known.count < Self.maximumSequences && known.insert(sequence).inserted
  }

  /// Adds what one thread did from an index on; after what it did, nothing comes if it has ended.
  mutating func add(_ thread: ThreadID, in trace: [Event], from start: Int, hasEnded: Bool) {
    var pending: [UInt64: Int] = [:]
    var rounds: [UInt64: Int] = [:]
    var latest: [UInt64: Int] = [:]
    for index in start..<trace.count where trace[index].thread == thread {
      let event = trace[index]
      if event.kind == .read {
        if let read = pending[event.place] {
          close(event.place, rounds[event.place, default: 0], since: read, latest)
          rounds[event.place, default: 0] += 1
        }
        pending[event.place] = index
      } else if event.kind.isStore {
        latest[event.place] = index
      }
    }
    guard hasEnded else { return }
    for (place, read) in pending { close(place, rounds[place, default: 0], since: read, latest) }
  }

  /// Rounds of a loop that are told apart.
  private static let maximumRounds = 64

  private mutating func close(
    _ place: UInt64, _ round: Int, since read: Int, _ latest: [UInt64: Int]
  ) {
    guard round < Self.maximumRounds else { return }
    let came = Set(latest.keys.filter { latest[$0, default: -1] > read })
    var rounds = stores[place] ?? []
    if round < rounds.count {
      rounds[round].always.formIntersection(came)
      rounds[round].ever.formUnion(came)
    } else {
      rounds.append(Stores(always: came, ever: came))
    }
    stores[place] = rounds
  }

  /// Whether the store came after the read in one execution, and in another was left out.
  func depends(store: UInt64, onRead read: UInt64) -> Bool {
    stores[read]?.contains { $0.ever.contains(store) && !$0.always.contains(store) } ?? false
  }
}
