import LockstepEngine
import Testing

@Suite struct `A wait without a loop` {
  private let lock = Machine.lock(0)
  private let condition = Machine.condition(0)

  /// Thread 1 looks at cell 0 and waits; thread 2 stores to a cell and wakes it; then comes `rest`.
  private func trace(
    storing cell: Int = 0, waking: Event.Kind = .signal, value: UInt64 = 1,
    _ rest: (inout TraceBuilder) -> Void
  ) -> [Event] {
    TraceBuilder {
      $0.add(1, .lock, lock)
      $0.add(1, .read, at: 11)
      $0.add(1, .wait, condition, other: lock, at: 12)
      $0.add(2, .lock, lock)
      $0.add(2, .write, Machine.cell(cell))
      $0.add(2, waking, condition, value: value)
      $0.add(2, .unlock, lock)
      rest(&$0)
    }.events
  }

  private func findings(_ traces: [Event]...) -> [Finding] {
    var search = WaitWithoutLoop()
    var found: [(Finding, UInt64)] = []
    for trace in traces {
      for finding in search.record(Execution(ending: .completed, trace: trace)) {
        found.append((finding, trace[finding.steps[0]].place))
      }
    }
    return found.filter { search.isConfirmed([$0.1]) }.map(\.0)
  }

  private func goesOn(_ trace: inout TraceBuilder) {
    trace.add(1, .lock, lock)
    trace.add(1, .write, Machine.cell(1))
    trace.add(1, .unlock, lock)
  }

  private func looksAgain(_ trace: inout TraceBuilder) {
    trace.add(1, .lock, lock)
    trace.add(1, .read, at: 11)
    trace.add(1, .unlock, lock)
  }

  /// `std::condition_variable_any`: what the program has locked is given up within a section of another
  /// lock, in which it waits, and taken again after that.
  private func nested(_ rest: (inout TraceBuilder) -> Void) -> [Event] {
    let outer = Machine.lock(1)
    return TraceBuilder {
      $0.add(1, .lock, outer)
      $0.add(1, .lock, lock)
      $0.add(1, .read, at: 11)
      $0.add(1, .unlock, outer)
      $0.add(1, .wait, condition, other: lock, at: 12)
      $0.add(2, .lock, lock)
      $0.add(2, .write, Machine.cell(0))
      $0.add(2, .signal, condition, value: 1)
      $0.add(2, .unlock, lock)
      $0.add(1, .lock, lock)
      $0.add(1, .unlock, lock)
      $0.add(1, .lock, outer)
      rest(&$0)
      $0.add(1, .unlock, outer)
    }.events
  }

  @Test func `is none where the program's own lock is taken for the next look`() {
    let found = findings(nested { $0.add(1, .read, at: 11) })
    #expect(found == [])
  }

  @Test func `is one where no look follows under the program's own lock`() {
    let found = findings(nested { $0.add(1, .write, Machine.cell(1)) })
    #expect(found.map(\.kind) == [.waitWithoutLoop])
  }

  @Test func `is one after which nothing is read that was read before it`() {
    let found = findings(trace(goesOn))
    #expect(found.map(\.kind) == [.waitWithoutLoop])
    // The check, the wait, the store, and the lock taken again.
    #expect(found.map(\.steps) == [[3, 4, 6, 9]])
    #expect(found.map(\.object) == [TraceBuilder.cell])
  }

  @Test func `is told whoever of several the signal woke, and after a broadcast`() {
    let chosen = trace(value: Event.several) {
      $0.add(1, .wake, condition)
      goesOn(&$0)
    }
    #expect(findings(chosen).count == 1)
    #expect(findings(trace(waking: .broadcast, value: 0b10, goesOn)).count == 1)
  }

  @Test func `is none where the thread looks again, waits again, or updates what it looked at`() {
    #expect(findings(trace(looksAgain)).isEmpty)
    let updated = trace {
      $0.add(1, .lock, lock)
      $0.add(1, .readModifyWrite, order: .relaxed)
      $0.add(1, .unlock, lock)
    }
    #expect(findings(updated).isEmpty)
    let again = trace {
      $0.add(1, .lock, lock)
      $0.add(1, .wait, condition, other: lock)
    }
    #expect(findings(again).isEmpty)
  }

  @Test func `is none where another execution shows the loop, before or after`() {
    #expect(findings(trace(goesOn), trace(looksAgain)).isEmpty)
    #expect(findings(trace(looksAgain), trace(goesOn)).isEmpty)
  }

  @Test func `is none where the waker wrote something else, or nobody woke the thread`() {
    #expect(findings(trace(storing: 2, goesOn)).isEmpty)
    #expect(findings(trace(value: Event.nobody, goesOn)).isEmpty)
    #expect(findings(trace(waking: .broadcast, value: 0, goesOn)).isEmpty)
  }

  @Test func `is none where the wait was in vain, is a library's own, or never ends`() {
    let inVain = trace {
      $0.add(1, .waitEnd, condition, value: 0)
      goesOn(&$0)
    }
    #expect(findings(inVain).isEmpty)
    var ofLibrary = trace(goesOn)
    for index in ofLibrary.indices where ofLibrary[index].kind == .wait {
      ofLibrary[index].flags.insert(.library)
    }
    #expect(findings(ofLibrary).isEmpty)
    #expect(findings(trace { _ in }).isEmpty)
    #expect(findings(trace { $0.add(1, .lock, lock) }).isEmpty)
  }
}
