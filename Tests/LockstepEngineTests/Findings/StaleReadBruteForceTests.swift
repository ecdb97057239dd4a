import LockstepEngine
import Testing

/// The definition of a stale read, word for word, over one trace.
private struct StaleReadDefinition {
  let trace: [Event]

  /// Index of the acquisition since which the thread of an event holds a lock there.
  private func section(of lock: ObjectID, at index: Int) -> Int? {
    let last = trace[..<index].lastIndex {
      $0.thread == trace[index].thread && $0.object == lock && !$0.kind.isMemory
    }
    return last.flatMap { trace[$0].kind == .lock ? $0 : nil }
  }

  private func accesses(_ like: Event, in range: Range<Int>) -> [Int] {
    range.filter { trace[$0].thread == like.thread && trace[$0].object == like.object }
  }

  /// Places of the read, of the second look, 0 for none, and of the store.
  var patterns: Set<StaleRead.Pattern> {
    var patterns: Set<StaleRead.Pattern> = []
    for read in trace.indices where trace[read].kind == .read {
      for store in trace.indices where store > read && trace[store].kind == .write {
        for lock in [Machine.lock(0), Machine.lock(1)] {
          if let pattern = pattern(read, store, lock) { patterns.insert(pattern) }
        }
      }
    }
    return patterns
  }

  private func pattern(_ read: Int, _ store: Int, _ lock: ObjectID) -> StaleRead.Pattern? {
    guard trace[read].thread == trace[store].thread, trace[read].object == trace[store].object,
      let first = section(of: lock, at: read), let second = section(of: lock, at: store),
      first != second
    else { return nil }
    let between = accesses(trace[store], in: read + 1..<store)
    // In the read's own section and in the store's, there are only reads; elsewhere nothing.
    guard
      between.allSatisfy({
        trace[$0].kind == .read
          && (section(of: lock, at: $0) == first || section(of: lock, at: $0) == second)
      }),
      trace.indices.contains(where: {
        $0 > read && $0 < store && trace[$0].kind == .write
          && trace[$0].object == trace[read].object && trace[$0].thread != trace[read].thread
          && section(of: lock, at: $0) != nil
      })
    else { return nil }
    let again = between.filter { section(of: lock, at: $0) == second }
    guard !again.contains(where: { trace[$0].programCounter == trace[read].programCounter })
    else { return nil }
    // Who looks at two places has looked for itself before it stores.
    guard Set(again.map { trace[$0].programCounter }).count <= 1 else { return nil }
    return StaleRead.Pattern(
      read: again.isEmpty ? 0 : trace[read].programCounter,
      again: again.first.map { trace[$0].programCounter } ?? 0,
      store: again.isEmpty ? 0 : trace[store].programCounter)
  }
}

@Suite struct `Stale reads of generated traces` {
  /// A critical section of a thread, of one or both locks, or accesses without one.
  private func section(
    _ thread: UInt8, _ locks: [Int], using generator: inout SplitMix64
  ) -> [Event] {
    func event(_ kind: Event.Kind, _ object: ObjectID, at place: UInt64 = 0) -> Event {
      Event(
        thread: ThreadID(thread), kind: kind, object: object, size: 4, programCounter: place)
    }
    let accesses = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      let cell = Machine.cell(Int.random(in: 0...5, using: &generator) / 5)
      let place = UInt64.random(in: 1...4, using: &generator)
      return Int.random(in: 0..<5, using: &generator) < 3
        ? event(.read, cell, at: place) : event(.write, cell, at: 100 + place)
    }
    return locks.map { event(.lock, Machine.lock($0)) } + accesses
      + locks.shuffled(using: &generator).map { event(.unlock, Machine.lock($0)) }
  }

  /// Sections one after the other, and some that have no lock in common at the same time.
  private func trace(using generator: inout SplitMix64) -> [Event] {
    var events: [Event] = []
    for _ in 0..<Int.random(in: 3...9, using: &generator) {
      let thread = UInt8.random(in: 0..<2, using: &generator)
      let locks = [[0], [0], [0, 1], [1], []].randomElement(using: &generator) ?? []
      var section = section(thread, locks, using: &generator)
      if !locks.contains(1), Bool.random(using: &generator) {
        let other = self.section(1 - thread, [1], using: &generator)
        for event in other.reversed() {
          section.insert(event, at: Int.random(in: 0...section.count, using: &generator))
        }
        section = Self.inOrder(section, thread, other)
      }
      events += section
    }
    return events
  }

  /// The same places for the other thread's events, but in their order.
  private static func inOrder(_ events: [Event], _ thread: UInt8, _ other: [Event]) -> [Event] {
    var rest = other[...]
    return events.map { event in
      event.thread == ThreadID(thread) ? event : rest.popFirst() ?? event
    }
  }

  @Test func `are those of the definition`() {
    var generator = SplitMix64(seed: 41)
    var reads = StaleReads()
    var plain = 0
    var patterned = 0
    for round in 0..<20_000 {
      let trace = trace(using: &generator)
      let found = reads.record(Execution(ending: .completed, trace: trace))
      let expected = StaleReadDefinition(trace: trace).patterns
      let patterns = Set(
        found.map { $0.pattern ?? StaleRead.Pattern(read: 0, again: 0, store: 0) })
      #expect(patterns == expected, "round \(round): \(trace)")
      guard patterns == expected else { return }
      plain += expected.contains { $0.read == 0 } ? 1 : 0
      patterned += expected.contains { $0.read != 0 } ? 1 : 0
    }
    #expect(plain > 500)
    #expect(patterned > 200)
  }
}
