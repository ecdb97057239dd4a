/// Whether what a thread stores depends on what it read before, as far as executions have shown.
///
/// A store that came after each read at some place, before the next read there, does not depend on
/// it: the read was for a log. Only the accesses of one thread count, and threads that make the
/// same ones at the same places are looked at once.
struct ReadConsequences: Sendable {
  /// By the place of a read, the places of the stores that came after it each time.
  private var stores: [UInt64: Set<UInt64>] = [:]
  /// The sequences of accesses that were seen, by their hashes.
  private var known = AccessChains()

  private static let maximumSequences = 4096

  /// Whether a sequence of accesses, by its hash, is new and should be added.
  mutating func isNew(_ sequence: UInt64) -> Bool {
    let count = known.heads.count
    guard count < Self.maximumSequences else { return false }
    return known.slot(for: sequence & ~(1 << 63)) == count
  }

  /// Adds what one thread did from an index on; after what it did, nothing comes if it has ended.
  mutating func add(_ thread: ThreadID, in trace: [Event], from start: Int, hasEnded: Bool) {
    var pending: [UInt64: Int] = [:]
    var latest: [UInt64: Int] = [:]
    for index in start..<trace.count where trace[index].thread == thread {
      let event = trace[index]
      if event.kind == .read {
        if let read = pending[event.programCounter] {
          close(event.programCounter, since: read, latest)
        }
        pending[event.programCounter] = index
      } else if event.kind.isStore {
        latest[event.programCounter] = index
      }
    }
    guard hasEnded else { return }
    for (place, read) in pending { close(place, since: read, latest) }
  }

  private mutating func close(_ place: UInt64, since read: Int, _ latest: [UInt64: Int]) {
    if let known = stores[place] {
      stores[place] = known.filter { latest[$0, default: -1] > read }
    } else {
      stores[place] = Set(latest.keys.filter { latest[$0, default: -1] > read })
    }
  }

  /// Whether the store was once left out after the read.
  func depends(store: UInt64, onRead read: UInt64) -> Bool {
    stores[read].map { !$0.contains(store) } ?? false
  }
}
