/// Data races: two accesses to the same bytes, one a store and one ordinary, that no synchronisation
/// orders.
extension Analysis {
  /// Looks back from an access to those that it conflicts with.
  ///
  /// An ordinary store of all its bytes that is ordered before it hides those before: had one of
  /// them raced with this access, it would have raced with that store.
  mutating func noteDataRace(_ event: Event, _ index: Int, _ slot: Int, _ trace: [Event]) {
    guard !event.flags.contains(.raceIgnored) else { return }
    let isAtomic = event.isAtomic
    let isStore = event.storesAnything
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
          noteRace(between: earlier, and: index, trace)
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

  /// Keeps a race, unless one on the same bytes at the same two places is known.
  private mutating func noteRace(between first: Int, and second: Int, _ trace: [Event]) {
    let event = trace[second]
    for known in dataRaces
    where known.object == event.object
      && trace[known.last].programCounter == event.programCounter
      && trace[known.first].programCounter == trace[first].programCounter
    {
      return
    }
    dataRaces.append(
      Sighting(
        kind: .dataRace, object: event.object, first: first, last: second, size: event.size))
  }
}
