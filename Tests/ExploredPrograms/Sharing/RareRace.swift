import Synchronization

/// A counter that orders nothing, and data beside it.
private final class Watched: @unchecked Sendable {
  let counter = Atomic(0)
  var data = 0
}

/// One thread writes data and counts to ten; another looks at the counter four times, and reads the
/// data if it saw just these numbers.
///
/// Returns what it read, or -1. There are 14 choose 4 classes, 1,001, and one has the read.
public func rareRace() -> Int {
  let watched = Watched()
  nonisolated(unsafe) var seen = -1
  inParallel(
    {
      watched.data = 1
      for _ in 0..<10 { watched.counter.wrappingAdd(1, ordering: .relaxed) }
    },
    {
      let first = watched.counter.load(ordering: .relaxed)
      let second = watched.counter.load(ordering: .relaxed)
      let third = watched.counter.load(ordering: .relaxed)
      let fourth = watched.counter.load(ordering: .relaxed)
      if (first, second, third, fourth) == (2, 3, 3, 7) { seen = watched.data }
    })
  return seen
}
