import LockstepEngine
import Testing

@Suite struct `A lost update` {
  @Test func `is a write by another between a read and the write that rests on it`() {
    let trace = TraceBuilder {
      $0.add(1, .read)
      $0.add(2, .read)
      $0.add(2, .write)
      $0.add(1, .write)
    }
    #expect(
      trace.findings == [Finding(kind: .lostUpdate, object: TraceBuilder.cell, steps: [2, 4, 5])])
  }

  @Test func `is reported for atomic loads and stores too`() {
    let trace = TraceBuilder {
      $0.add(1, .read, order: .sequentiallyConsistent)
      $0.add(2, .readModifyWrite, order: .sequentiallyConsistent)
      $0.add(1, .write, order: .sequentiallyConsistent)
    }
    #expect(trace.kinds == [.lostUpdate])
  }

  @Test func `is reported though each access is in a critical section, of different locks`() {
    let trace = TraceBuilder {
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .read)
      $0.add(2, .lock, Machine.lock(1))
      $0.add(2, .write)
      $0.add(2, .unlock, Machine.lock(1))
      $0.add(1, .write)
      $0.add(1, .unlock, Machine.lock(0))
    }
    #expect(trace.kinds == [.lostUpdate])
  }

  @Test func `is not one where all three are in critical sections of one lock`() {
    let trace = TraceBuilder {
      for (thread, kind) in [(1, Event.Kind.read), (2, .write), (1, .write)] {
        $0.add(UInt8(thread), .lock, Machine.lock(0))
        $0.add(UInt8(thread), kind)
        $0.add(UInt8(thread), .unlock, Machine.lock(0))
      }
    }
    #expect(trace.kinds == [])
  }

  @Test func `is not one if nothing falls between, or on other bytes`() {
    let apart = TraceBuilder {
      $0.add(1, .read, order: .relaxed)
      $0.add(1, .write, order: .relaxed)
      $0.add(2, .write, order: .relaxed)
    }
    #expect(apart.kinds == [])
    let beside = TraceBuilder {
      $0.add(1, .read)
      $0.add(2, .write, Machine.cell(1))
      $0.add(1, .write)
    }
    #expect(beside.kinds == [])
  }

  @Test func `is not one if the thread reads again, or writes by a read-modify-write`() {
    let again = TraceBuilder {
      $0.add(1, .read, order: .relaxed)
      $0.add(2, .write, order: .relaxed)
      $0.add(1, .read, order: .relaxed)
      $0.add(1, .write, order: .relaxed)
    }
    #expect(again.kinds == [])
    let atomic = TraceBuilder {
      $0.add(1, .read, order: .relaxed)
      $0.add(2, .readModifyWrite, order: .relaxed)
      $0.add(1, .readModifyWrite, order: .relaxed)
    }
    #expect(atomic.kinds == [])
  }

  @Test func `turns up in exactly the schedules of a race that lose one`() {
    var strategy = Exhaustive()
    var analysis = Analysis()
    while let plan = strategy.next() {
      let (execution, outcome) = Machine.run(.race(2, 2), plan)
      strategy.record(execution)
      let kinds = analysis.findings(in: execution).map(\.kind)
      #expect(kinds.contains(.lostUpdate) == (outcome.memory[0] < 4))
      #expect(!kinds.isEmpty)
    }
  }
}
