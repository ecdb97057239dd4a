/// Decides whether threads wait for good: a pure function of one look at a process.
///
/// A thread is *stuck* if it waits without a time limit and those who alone can wake it are stuck, too,
/// or have ended. The stuck threads are the greatest set of which that is true: threads that wait in a
/// circle, those whose lock went with its owner, and all that wait for them.
struct HangAnalysis {
  enum Cause: Equatable {
    /// Each thread waits for one that the next one has, and the last for the first.
    case cycle([Int32])
    /// The first waits for what the second had when it ended.
    case leak(waiter: Int32, owner: Int32)
    /// Every thread waits, and nothing is left to wake any.
    case nobodyLeft
  }

  struct Verdict: Equatable {
    var cause: Cause
    /// Nothing that any thread could still do would change it.
    var isCertain: Bool
    /// Everybody who waits for good.
    var stuck: [Int32]
  }

  /// Threads that exist.
  let activities: [Int32: ThreadActivity]
  /// Signal handlers, timers or other processes may wake somebody.
  let canBeWokenFromOutside: Bool

  /// Threads that only stuck or ended threads can wake, by what locks guarantee.
  ///
  /// - Parameter candidates: threads that may count as stuck; all others count as running.
  /// - Returns: nil if there are none.
  func certain(among candidates: Set<Int32>) -> Verdict? {
    let stuck = stuckThreads(among: candidates, trustingTakers: false)
    return cause(of: stuck, trustingTakers: false).map {
      Verdict(cause: $0, isCertain: true, stuck: stuck.sorted())
    }
  }

  /// Whether the process as a whole can do nothing any more, as far as can be seen.
  func likely() -> Verdict? {
    guard activities.values.allSatisfy({ $0 != .mayRun }) else { return nil }
    let waiting = activities.filter { $0.value != .idle }.map(\.key)
    guard !waiting.isEmpty else { return nil }
    let stuck = stuckThreads(among: Set(waiting), trustingTakers: true)
    if let cause = cause(of: stuck, trustingTakers: true) {
      return Verdict(cause: cause, isCertain: false, stuck: waiting.sorted())
    }
    // Whoever waits for no lock may be waiting for a signal, whose handler posts a semaphore.
    guard !canBeWokenFromOutside else { return nil }
    return Verdict(cause: .nobodyLeft, isCertain: false, stuck: waiting.sorted())
  }

  private func wakers(of thread: Int32, trustingTakers: Bool) -> [Int32] {
    guard case .waits(let wait)? = activities[thread] else { return [] }
    switch wait.wakers {
    case .owners(let threads): return threads
    case .takers(let threads): return trustingTakers ? threads : []
    case .anyone: return []
    }
  }

  private func stuckThreads(among candidates: Set<Int32>, trustingTakers: Bool) -> Set<Int32> {
    var stuck = candidates.filter { !wakers(of: $0, trustingTakers: trustingTakers).isEmpty }
    while true {
      // One owner that never lets go is enough: of several readers a writer needs all.
      let free = stuck.filter { thread in
        !wakers(of: thread, trustingTakers: trustingTakers).contains {
          activities[$0] == nil || stuck.contains($0)
        }
      }
      guard !free.isEmpty else { return stuck }
      stuck.subtract(free)
    }
  }

  private func cause(of stuck: Set<Int32>, trustingTakers: Bool) -> Cause? {
    for thread in stuck.sorted() {
      let owner = wakers(of: thread, trustingTakers: trustingTakers).first {
        activities[$0] == nil
      }
      if let owner { return .leak(waiter: thread, owner: owner) }
    }
    // Without ended owners, whoever goes from owner to owner comes back to where they were.
    guard var thread = stuck.min() else { return nil }
    var path: [Int32] = []
    while !path.contains(thread) {
      path.append(thread)
      let next = wakers(of: thread, trustingTakers: trustingTakers).first { stuck.contains($0) }
      guard let next else { return nil }
      thread = next
    }
    let cycle = Array(path.drop { $0 != thread })
    let first = cycle.firstIndex(of: cycle.min() ?? thread) ?? 0
    return .cycle(Array(cycle[first...] + cycle[..<first]))
  }
}
