/// The classes of prefixes that were reached, with the fewest preemptions that it took, and by whom.
///
/// A *turn* is a thread's, that took the last step and could take the next: any other's step is a
/// preemption. Where the last thread has no turn, every next step is free.
///
/// An open-addressing table; when it is full nothing is added, and what it does not know is explored
/// again.
struct VisitedClasses: Sendable {
  /// What is left to do at a class that was reached.
  enum Visit: Equatable {
    /// Everything.
    case first
    /// Nothing, and nothing after it.
    case covered
    /// The step of the thread whose turn it is; the others' were seen to at an earlier visit.
    case turnOnly
    /// All steps but those of the threads whose turns it was before.
    case others(than: ThreadSet)
  }

  private struct Entry {
    var hash = ClassHash()
    /// Threads with whose turns it was reached.
    var turns = ThreadSet.none
    /// One more than the preemptions, since 0 stands for a free place.
    var cost: UInt32 = 0
    /// Whether it was reached without a turn, so that every next step was free.
    var isFree = false
  }

  /// Classes that it knows.
  private(set) var count = 0
  private let limit: Int
  private var entries = [Entry](repeating: Entry(), count: 1024)

  /// - Parameter limit: The most classes to remember; 32 bytes each, with room for twice as many.
  init(limit: Int) { self.limit = limit }

  /// Takes note that a class was reached with so many preemptions.
  ///
  /// - Parameters:
  ///   - hash: The class.
  ///   - turn: The thread that took the last step, unless every next step is free.
  ///   - preemptions: Those on the way; never fewer than at earlier visits.
  /// - Returns: What is left to do there.
  mutating func visit(_ hash: ClassHash, turn: ThreadID?, preemptions: Int) -> Visit {
    let place = place(of: hash)
    let cost = UInt32(clamping: preemptions + 1)
    guard entries[place].cost != 0 else {
      add(hash, turn: turn, cost: cost, at: place)
      return .first
    }
    if entries[place].cost < cost { return .covered }
    let turns = entries[place].turns
    if entries[place].isFree { return .covered }
    guard let turn else {
      entries[place].isFree = true
      return .others(than: turns)
    }
    if turns.contains(turn) { return .covered }
    entries[place].turns.insert(turn)
    return .turnOnly
  }

  /// Whether all that follows on a class, reached by a thread's step, is or will be explored.
  func covers(_ hash: ClassHash, last: ThreadID, preemptions: Int) -> Bool {
    let entry = entries[place(of: hash)]
    guard entry.cost != 0 else { return false }
    let cost = UInt32(clamping: preemptions + 1)
    return entry.cost < cost
      || entry.cost == cost && (entry.isFree || entry.turns.contains(last))
  }

  /// Where a class is, or would be.
  private func place(of hash: ClassHash) -> Int {
    let mask = entries.count - 1
    var place = Int(truncatingIfNeeded: hash.low) & mask
    while entries[place].cost != 0, entries[place].hash != hash { place = (place + 1) & mask }
    return place
  }

  private mutating func add(_ hash: ClassHash, turn: ThreadID?, cost: UInt32, at place: Int) {
    guard count < limit else { return }
    entries[place] = Entry(
      hash: hash, turns: turn.map { ThreadSet($0) } ?? .none, cost: cost, isFree: turn == nil)
    count += 1
    if count * 2 > entries.count { grow() }
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: Entry(), count: old.count * 2)
    for entry in old where entry.cost != 0 { entries[place(of: entry.hash)] = entry }
  }
}
