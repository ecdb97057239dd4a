/// Lost updates: a thread read and then wrote some bytes, and another thread's write fell between.
///
/// The thread itself has no other access to the bytes in between, so what it wrote rests on what it
/// read. Not reported where all three are in critical sections of one lock, or where the other thread
/// was created after the read and joined before the write: then it was let in on purpose. Nor where the
/// write comes upon what was read, whatever was stored meanwhile: then it is as if the read came later.
extension Analysis {
  /// Looks back from a write to the thread's own last access of the same bytes.
  mutating func noteLostUpdate(_ event: Event, _ index: Int, _ slot: Int, _ trace: [Event]) {
    if event.comesUponTheSame { return }
    var read = -1
    var hasForeignStore = false
    var next = accesses.heads[slot]
    while next >= 0 {
      let entry = accesses.entries[Int(next)]
      let other = trace[Int(entry.step)]
      if other.overlaps(event) {
        if other.thread == event.thread {
          guard hasForeignStore, other.kind == .read, !other.storesAnything,
            other.object == event.object, other.size == event.size
          else { return }
          read = Int(entry.step)
          break
        }
        if other.changesValue { hasForeignStore = true }
      }
      next = entry.previous
    }
    guard read >= 0,
      !lostUpdates.contains(where: {
        $0.object == event.object && (!event.isAtomic || trace[$0.last].isSamePlace(as: event))
      }),
      !trace[read..<index].contains(where: { $0.kind == .resume && $0.thread == event.thread })
    else { return }
    for between in (read + 1)..<index {
      let other = trace[between]
      guard other.changesValue, other.thread != event.thread, other.overlaps(event),
        !isLetIn(between, after: read, before: index, trace),
        !haveCommonLock(read, between, index, trace)
      else { continue }
      lostUpdates.append(
        Sighting(
          kind: .lostUpdate, object: event.object, first: read, last: index, between: between,
          size: event.size))
      return
    }
  }

  /// Whether a thread created another between its read and its write, and waited for its end.
  private func isLetIn(
    _ between: Int, after read: Int, before write: Int, _ trace: [Event]
  ) -> Bool {
    let other = trace[between].thread
    let parent = trace[read].thread
    return trace[read..<between].contains {
      $0.kind == .spawn && $0.thread == parent && $0.value == UInt64(other.rawValue)
    }
      && trace[between..<write].contains {
        $0.kind == .join && $0.thread == parent && $0.object.thread == other
      }
  }

  private func haveCommonLock(_ first: Int, _ second: Int, _ third: Int, _ trace: [Event]) -> Bool {
    let held = Self.locks(heldAt: first, trace)
    guard !held.isEmpty else { return false }
    let others = Self.locks(heldAt: second, trace)
    let last = Self.locks(heldAt: third, trace)
    // The other thread's must exclude both of this one's: two shared holds exclude nothing.
    return held.contains { hold in
      others.contains { hold.excludes($0) && last.contains(where: $0.excludes) }
    }
  }

  /// A lock that a thread holds, alone or with others.
  struct Hold {
    var lock: ObjectID
    var isShared: Bool

    func excludes(_ other: Hold) -> Bool { lock == other.lock && !(isShared && other.isShared) }
  }

  /// The locks that the thread of an event holds there.
  static func locks(heldAt index: Int, _ trace: [Event]) -> [Hold] {
    var held: [Hold] = []
    let thread = trace[index].thread
    for event in trace[..<index] where event.thread == thread {
      switch event.kind {
      case .lock, .tryLock, .lockShared, .tryLockShared:
        held.append(Hold(lock: event.object, isShared: event.kind.isSharedAcquisition))
      case .unlock: held.removeAll { $0.lock == event.object }
      case .unlockShared:
        if let place = held.lastIndex(where: { $0.lock == event.object }) { held.remove(at: place) }
      case .wait: held.removeAll { $0.lock == event.other }
      default: break
      }
    }
    return held
  }
}

extension Event {
  /// Whether one thread did both at one place in the code.
  fileprivate func isSamePlace(as other: Event) -> Bool {
    programCounter == other.programCounter && thread == other.thread
  }
}
