/// Two accesses to the same bytes, one a store and one ordinary, that no synchronisation orders.
struct DataRace: Sendable {
  /// Indices in the trace.
  var first: Int
  var second: Int
  var object: ObjectID
  var size: UInt32

  var finding: Finding {
    Finding(kind: .dataRace, object: object, steps: [first, second])
  }
}

extension Analysis {
  /// Looks back from an access to those that it conflicts with.
  ///
  /// An ordinary store of all its bytes that is ordered before it hides those before: had one of
  /// them raced with this access, it would have raced with that store.
  mutating func noteDataRace(_ event: Event, _ index: Int, _ slot: Int, _ trace: [Event]) {
    guard !event.flags.contains(.raceIgnored) else { return }
    let isAtomic = event.isAtomic
    let isStore = event.kind.isStore
    var next = accesses.heads[slot]
    if isAtomic {
      next = lastOrdinary[slot]
    } else if !isStore, !accesses.entries[Int(next)].isExclusive {
      next = accesses.entries[Int(next)].previousExclusive
    }
    while next >= 0 {
      let entry = accesses.entries[Int(next)]
      let earlier = Int(entry.step)
      let other = trace[earlier]
      if other.overlaps(event), isStore || entry.isExclusive,
        !other.flags.contains(.raceIgnored)
      {
        if other.thread != event.thread,
          !order.isOrdered(other.thread, at: epochs[earlier], before: event.thread)
        {
          note(DataRace(first: earlier, second: index, object: event.object, size: event.size))
          return
        }
        if entry.isExclusive, !other.isAtomic, other.covers(event) { return }
      }
      if isAtomic {
        next = previousOrdinary[Int(next)]
      } else {
        next = isStore ? entry.previous : entry.previousExclusive
      }
    }
  }

  private mutating func note(_ race: DataRace) {
    for known in dataRaces where known.object == race.object { return }
    dataRaces.append(race)
  }
}
