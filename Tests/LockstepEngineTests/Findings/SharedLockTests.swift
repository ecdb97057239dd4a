import LockstepEngine
import Testing

@Suite struct `A lock that threads share` {
  private static let lock = Machine.lock(4)

  private func blocked(_ thread: UInt8, _ kind: Event.Kind) -> Execution.Blocked {
    Execution.Blocked(thread: ThreadID(thread), kind: kind, object: Self.lock)
  }

  private func findings(_ trace: TraceBuilder, _ blocked: Execution.Blocked...) -> [Finding] {
    var analysis = Analysis()
    return analysis.findings(
      in: Execution(ending: .deadlocked, trace: trace.events, blocked: blocked))
  }

  @Test func `does not keep an update from being lost`() {
    let trace = TraceBuilder {
      $0.add(1, .lockShared, Self.lock)
      $0.add(2, .lockShared, Self.lock)
      $0.add(1, .read)
      $0.add(2, .write)
      $0.add(1, .write)
    }
    #expect(trace.kinds == [.lostUpdate])
  }

  /// Looked at one way round and the other: an exclusive hold of either side keeps them apart.
  @Test func `keeps apart who holds it alone from all others`() {
    let trace = TraceBuilder {
      $0.add(1, .lockShared, Self.lock)
      $0.add(1, .read)
      $0.add(1, .unlockShared, Self.lock)
      $0.add(2, .lock, Self.lock)
      $0.add(2, .write)
      $0.add(2, .unlock, Self.lock)
      $0.add(1, .lockShared, Self.lock)
      $0.add(1, .write)
    }
    #expect(trace.kinds == [])
  }

  @Test func `orders a writer after readers, and a reader after a writer, but no two readers`() {
    let writerLast = TraceBuilder {
      $0.add(1, .lockShared, Self.lock)
      $0.add(1, .read)
      $0.add(1, .unlockShared, Self.lock)
      $0.add(2, .lock, Self.lock)
      $0.add(2, .write)
      $0.add(2, .unlock, Self.lock)
      $0.add(1, .tryLockShared, Self.lock)
      $0.add(1, .read)
    }
    #expect(writerLast.kinds == [])
    let readers = TraceBuilder {
      $0.add(1, .lockShared, Self.lock)
      $0.add(1, .write)
      $0.add(1, .unlockShared, Self.lock)
      $0.add(2, .lockShared, Self.lock)
      $0.add(2, .read)
    }
    #expect(readers.kinds == [.dataRace])
  }

  @Test func `between a check and an act makes the check stale`() {
    let trace = TraceBuilder {
      $0.add(1, .lockShared, Self.lock)
      $0.add(1, .read, at: 1)
      $0.add(1, .unlockShared, Self.lock)
      $0.add(2, .lock, Self.lock)
      $0.add(2, .write, at: 2)
      $0.add(2, .unlock, Self.lock)
      $0.add(1, .lock, Self.lock)
      $0.add(1, .write, at: 3)
      $0.add(1, .unlock, Self.lock)
    }
    var reads = StaleReads()
    let found = reads.record(Execution(ending: .completed, trace: trace.events))
    #expect(found.map(\.finding.steps) == [[3, 6, 9]])
    #expect(found.map(\.finding.locks) == [[Self.lock]])
  }

  private func cycles(_ first: [Event.Kind], _ second: [Event.Kind]) -> Int {
    let trace = TraceBuilder {
      for (thread, kinds, locks) in [(UInt8(1), first, [4, 5]), (2, second, [5, 4])] {
        for (kind, lock) in zip(kinds, locks) { $0.add(thread, kind, Machine.lock(lock)) }
        for (kind, lock) in zip(kinds, locks).reversed() {
          $0.add(thread, kind == .lock ? .unlock : .unlockShared, Machine.lock(lock))
        }
      }
    }
    var order = LockOrder()
    return order.record(Execution(ending: .completed, trace: trace.events)).count
  }

  /// A cycle needs a wait at each of its locks, and readers do not wait for readers.
  @Test func `is part of a cycle only where one of the two at it holds it alone`() {
    #expect(cycles([.lock, .lock], [.lock, .lock]) == 1)
    #expect(cycles([.lockShared, .lock], [.lockShared, .lock]) == 1)
    #expect(cycles([.lock, .lockShared], [.lock, .lockShared]) == 1)
    #expect(cycles([.lockShared, .lockShared], [.lockShared, .lockShared]) == 0)
    #expect(cycles([.lockShared, .lock], [.lock, .lockShared]) == 0)
  }

  @Test func `is waited for where a reader that ended left it, and that is a leaked lock`() {
    let trace = TraceBuilder {
      $0.add(2, .lockShared, Self.lock)
      $0.add(1, .lockShared, Self.lock)
      $0.add(2, .exit)
    }
    let found = findings(trace, blocked(1, .lock))
    #expect(found.map(\.kind) == [.leakedLock])
    #expect(found.first?.object == Self.lock)
    #expect(found.first?.waits.map(\.holder) == [ThreadID(2)])
  }

  @Test func `that two readers both want alone is a deadlock of the two`() {
    let trace = TraceBuilder {
      $0.add(1, .lockShared, Self.lock)
      $0.add(2, .lockShared, Self.lock)
    }
    let found = findings(trace, blocked(1, .lock), blocked(2, .lock))
    #expect(found.map(\.kind) == [.deadlock])
    #expect(found.first?.object == Self.lock)
    #expect(found.first?.lockWaits == [Self.lock])
    #expect(found.first?.waits.map(\.holder) == [ThreadID(2), ThreadID(1)])
  }
}
