extension StaleReads {
  /// A thread looked again at what it had read in an earlier critical section, and may yet store.
  struct Opening: Sendable {
    var thread: ThreadID
    var lock: ObjectID
    /// Index in the trace of the lock's acquisition.
    var acquisition: Int
    /// Indices in the trace of the other thread's store, or -1 where there was none, and of the first read in
    /// this section.
    var between: Int
    var again: Int
    /// In `reads`, those of the earlier critical section.
    var earlier: Range<Int>
    var doubt: StaleRead.Doubt?
    /// Whether it read again at another place than that of `again`: what it stores then rests on a look of its
    /// own, and not on `again` as a part of the store (`total -= 1`).
    var looksTwice = false
    /// Index in the trace of the latest look that may be a part of a library's change, or -1.
    ///
    /// Those are the ones that came one directly after the other from the change on.
    var latestInChange = -1
    /// Whether `again` is what a library does to the variable (`cache[key] = value`): a store, unless that is only
    /// how the variable is handed to who accesses it.
    var isOpaque = false
  }

  mutating func scan(_ trace: [Event], from start: Int) {
    sections.reset()
    accesses.truncate(to: 0)
    holdings.removeAll(keepingCapacity: true)
    openings.removeAll(keepingCapacity: true)
    reads.removeAll(keepingCapacity: true)
    found.removeAll(keepingCapacity: true)
    for index in start..<trace.count {
      let event = trace[index]
      switch event.kind {
      case .read, .write, .readModifyWrite, .opaqueReadWrite: access(event, index, trace)
      case .lock, .tryLock, .lockShared, .tryLockShared:
        if !event.flags.contains(.library) { sections.take(event.object, event.thread, at: index) }
      case .unlock, .unlockShared: giveUp(event.object, event.thread, trace)
      case .wait: giveUp(event.other, event.thread, trace)
      default: break
      }
    }
  }

  /// A section that ends without a store has looked again and left the object as it was; a library's change was
  /// a store.
  private mutating func giveUp(_ lock: ObjectID, _ thread: ThreadID, _ trace: [Event]) {
    sections.giveUp(lock, thread)
    for place in openings.indices.reversed() {
      let opening = openings[place]
      guard opening.thread == thread, opening.lock == lock else { continue }
      openings.remove(at: place)
      if opening.isOpaque {
        close(opening, opening.again, trace)
        continue
      }
      for read in reads[opening.earlier] where read >= 0 {
        rechecked.insert(
          Recheck(read: trace[read].place, again: trace[opening.again].place))
      }
    }
  }

  private mutating func access(_ event: Event, _ index: Int, _ trace: [Event]) {
    if !openings.isEmpty { goOn(event, index, trace) }
    let holding = sections.holding(of: event.thread)
    let first = event.object.rawValue
    let last = first &+ UInt64(max(event.size, 1) - 1)
    var word = AccessChains.key(ofWord: first)
    while word <= AccessChains.key(ofWord: last) {
      let slot = accesses.slot(for: word)
      if holding >= 0, accesses.heads[slot] >= 0, word == AccessChains.key(ofWord: first) {
        lookBack(event, index, slot, trace)
      }
      accesses.append(step: index, slot: slot, isExclusive: event.kind.isStore)
      holdings.append(holding)
      word += 1
    }
  }

  /// Looks back from an access in a critical section to the thread's own last one.
  private mutating func lookBack(_ event: Event, _ index: Int, _ slot: Int, _ trace: [Event]) {
    var next = accesses.heads[slot]
    var hasForeignStore = false
    while next >= 0 {
      let other = trace[Int(accesses.entries[Int(next)].step)]
      if other.overlaps(event) {
        if other.thread != event.thread {
          if other.changesValue { hasForeignStore = true }
        } else if !surrounds(other, holdings[Int(next)], event) {
          break
        }
      }
      next = accesses.entries[Int(next)].previous
    }
    // That it looks again and leaves it says what it does, whoever stored.
    guard hasForeignStore || event.kind == .read, next >= 0, !event.isFree else { return }
    let read = Int(accesses.entries[Int(next)].step)
    guard trace[read].kind == .read, trace[read].mayTell(event) else { return }
    var between = -1
    let retaken = sections.retaken(
      from: holdings[Int(next)], to: sections.holding(of: event.thread)
    ) { lock in
      guard hasForeignStore else { return true }
      between = foreignStore(overlapping: event, under: lock, since: read, slot, trace)
      return between >= 0
    }
    guard let retaken else { return }
    guard event.kind != .write else {
      note(read: read, between: between, store: index, retaken.lock, trace, pattern: nil)
      return
    }
    let start = reads.count
    gatherReads(from: next, under: retaken.lock, event, trace)
    let opening = Opening(
      thread: event.thread, lock: retaken.lock, acquisition: retaken.acquisition,
      between: between, again: index, earlier: start..<reads.count,
      isOpaque: event.kind == .opaqueReadWrite)
    if event.kind.isStore, !opening.isOpaque {
      close(opening, index, trace)
    } else {
      openings.append(opening)
    }
  }

  /// Whether a library was handed in this section what an access is a part of.
  ///
  /// Where it begins at the same address, that was looked back from as well.
  private func surrounds(_ change: Event, _ holding: Int32, _ event: Event) -> Bool {
    change.kind == .opaqueReadWrite && event.kind != .write && change.object != event.object
      && holding == sections.holding(of: event.thread)
  }

  /// The first store of another thread since, in a critical section of the lock; or -1.
  private func foreignStore(
    overlapping event: Event, under lock: ObjectID, since read: Int, _ slot: Int, _ trace: [Event]
  ) -> Int {
    var first = -1
    var next = accesses.heads[slot]
    while next >= 0, accesses.entries[Int(next)].step > read {
      let step = Int(accesses.entries[Int(next)].step)
      let other = trace[step]
      if other.changesValue, other.overlaps(event),
        sections.acquisition(of: lock, in: holdings[Int(next)]) != nil
      {
        first = step
      }
      next = accesses.entries[Int(next)].previous
    }
    return first
  }

  /// All reads of the object at the end of a critical section, after its last store; each place once.
  private mutating func gatherReads(
    from entry: Int32, under lock: ObjectID, _ event: Event, _ trace: [Event]
  ) {
    let start = reads.count
    let section = sections.acquisition(of: lock, in: holdings[Int(entry)])
    var next = entry
    while next >= 0 {
      let step = Int(accesses.entries[Int(next)].step)
      let other = trace[step]
      if other.thread == event.thread, other.overlaps(event) {
        guard other.kind == .read, other.mayTell(event),
          sections.acquisition(of: lock, in: holdings[Int(next)]) == section
        else { return }
        let place = other.place
        if place != event.place,
          !reads[start...].contains(where: { trace[$0].place == place })
        {
          reads.append(step)
        }
      }
      next = accesses.entries[Int(next)].previous
    }
  }

  /// Another access of a thread that has looked again.
  private mutating func goOn(_ event: Event, _ index: Int, _ trace: [Event]) {
    for place in openings.indices.reversed() {
      let opening = openings[place]
      guard opening.thread == event.thread, trace[opening.again].overlaps(event) else { continue }
      if opening.isOpaque {
        resolve(place, event, index, trace)
        continue
      }
      if event.kind.isStore {
        openings.remove(at: place)
        if trace[opening.again].actsOnSame(as: event) { close(opening, index, trace) }
      } else {
        if event.place != trace[opening.again].place {
          lookTwice(place, event, index, trace)
        }
        // The same look again is a loop's.
        for read in opening.earlier
        where reads[read] >= 0 && trace[reads[read]].place == event.place {
          reads[read] = -1
        }
      }
    }
  }

  private mutating func lookTwice(
    _ place: Int, _ event: Event, _ index: Int, _ trace: [Event]
  ) {
    let latest = openings[place].latestInChange
    guard latest >= 0, latest == trace[..<index].lastIndex(where: { $0.thread == event.thread })
    else {
      openings[place].looksTwice = true
      return
    }
    openings[place].doubt = .looksTwice
    openings[place].latestInChange = index
  }

  /// What a library was handed is accessed: that may have been all that it was handed for.
  private mutating func resolve(_ place: Int, _ event: Event, _ index: Int, _ trace: [Event]) {
    guard event.kind != .opaqueReadWrite, openings[place].doubt == nil else { return }
    openings[place].doubt = .mayOnlyOpen
    var opening = openings[place]
    let start = reads.count
    reads += reads[opening.earlier].filter {
      trace[$0].actsOnSame(as: event) && trace[$0].place != event.place
    }
    (opening.earlier, opening.doubt) = (start..<reads.count, nil)
    if event.kind == .read {
      (opening.again, opening.isOpaque) = (index, false)
      let former = trace[..<index].last { $0.thread == event.thread }
      if former?.kind == .opaqueReadWrite { opening.latestInChange = index }
      openings.append(opening)
    } else {
      close(opening, index, trace)
    }
  }

  /// The thread stores in the section in which it looked again.
  private mutating func close(_ opening: Opening, _ store: Int, _ trace: [Event]) {
    guard !opening.looksTwice, opening.between >= 0 else { return }
    for read in reads[opening.earlier] where read >= 0 {
      let pattern = StaleRead.Pattern(
        read: trace[read].place, again: trace[opening.again].place, store: trace[store].place)
      note(
        read: read, between: opening.between, store: store, opening.lock, trace, pattern: pattern,
        doubt: opening.doubt)
    }
  }

  private mutating func note(
    read: Int, between: Int, store: Int, _ lock: ObjectID, _ trace: [Event],
    pattern: StaleRead.Pattern?, doubt: StaleRead.Doubt? = nil
  ) {
    let object = trace[store].object
    guard !found.contains(where: { $0.finding.object == object && $0.pattern == pattern })
    else { return }
    found.append(
      StaleRead(
        finding: Finding(
          kind: .atomicity, object: object, steps: [read, between, store], locks: [lock]),
        pattern: pattern, doubt: doubt))
  }
}

extension Event {
  /// Whether two accesses act on the very same bytes.
  fileprivate func actsOnSame(as other: Event) -> Bool {
    object == other.object && size == other.size
  }

  /// Whether what it reads may be what decides on a store: the very same bytes, or what a library changes.
  fileprivate func mayTell(_ store: Event) -> Bool {
    store.kind == .opaqueReadWrite ? overlaps(store) : actsOnSame(as: store)
  }
}
