/// The critical sections that each thread is in, as an execution goes by.
///
/// What a thread holds is a list whose tail is shared with what it held before, so that what it held
/// at an access is one number, which stays good.
struct LockSections: Sendable {
  private struct Section {
    var lock: ObjectID
    /// Index in the trace of the acquisition.
    var acquisition: Int
    /// The next section of the list, or -1.
    var outer: Int32
  }

  private var sections: [Section] = []
  /// By thread, the list of what it holds now, or -1.
  private var heads: [Int32] = Array(repeating: -1, count: maximumThreadCount)

  mutating func reset() {
    sections.removeAll(keepingCapacity: true)
    for thread in heads.indices { heads[thread] = -1 }
  }

  /// What a thread holds now, or -1.
  func holding(of thread: ThreadID) -> Int32 { heads[Int(thread.rawValue)] }

  mutating func take(_ lock: ObjectID, _ thread: ThreadID, at index: Int) {
    push(Section(lock: lock, acquisition: index, outer: heads[Int(thread.rawValue)]), thread)
  }

  mutating func giveUp(_ lock: ObjectID, _ thread: ThreadID) {
    var between: [Section] = []
    var next = heads[Int(thread.rawValue)]
    while next >= 0, sections[Int(next)].lock != lock {
      between.append(sections[Int(next)])
      next = sections[Int(next)].outer
    }
    guard next >= 0 else { return }
    heads[Int(thread.rawValue)] = sections[Int(next)].outer
    for var section in between.reversed() {
      section.outer = heads[Int(thread.rawValue)]
      push(section, thread)
    }
  }

  private mutating func push(_ section: Section, _ thread: ThreadID) {
    heads[Int(thread.rawValue)] = Int32(sections.count)
    sections.append(section)
  }

  /// Index in the trace of the acquisition of a lock that is among what was held.
  func acquisition(of lock: ObjectID, in holding: Int32) -> Int? {
    var next = holding
    while next >= 0 {
      if sections[Int(next)].lock == lock { return sections[Int(next)].acquisition }
      next = sections[Int(next)].outer
    }
    return nil
  }

  /// The first lock that is among what was held at two times, taken anew in between, and that meets
  /// a condition; with the acquisition of the later time.
  func retaken(
    from earlier: Int32, to later: Int32, where condition: (ObjectID) -> Bool
  ) -> (lock: ObjectID, acquisition: Int)? {
    var next = later
    while next >= 0 {
      let section = sections[Int(next)]
      if let before = acquisition(of: section.lock, in: earlier), before != section.acquisition,
        condition(section.lock)
      {
        return (section.lock, section.acquisition)
      }
      next = section.outer
    }
    return nil
  }
}
