import LockstepEngine
import Testing

@Suite struct `A data race` {
  @Test func `is two ordinary accesses, one a write, that nothing orders`() {
    let trace = TraceBuilder {
      $0.add(1, .write)
      $0.add(2, .read)
    }
    #expect(
      trace.findings == [Finding(kind: .dataRace, object: TraceBuilder.cell, steps: [2, 3])])
    let mixed = TraceBuilder {
      $0.add(1, .read, order: .sequentiallyConsistent)
      $0.add(2, .write)
    }
    #expect(mixed.kinds == [.dataRace])
    let opaque = TraceBuilder {
      $0.add(1, .opaqueReadWrite)
      $0.add(2, .opaqueReadWrite)
    }
    #expect(opaque.kinds == [.dataRace])
  }

  @Test func `is not two reads, two atomics, other bytes, or where races are ignored`() {
    let reads = TraceBuilder {
      $0.add(1, .read)
      $0.add(2, .read)
    }
    #expect(reads.kinds == [])
    let atomics = TraceBuilder {
      $0.add(1, .write, order: .relaxed)
      $0.add(2, .write, order: .relaxed)
    }
    #expect(atomics.kinds == [])
    let beside = TraceBuilder {
      $0.add(1, .write)
      $0.add(2, .write, Machine.cell(1))
    }
    #expect(beside.kinds == [])
    let ignored = TraceBuilder {
      $0.add(1, .write, flags: .raceIgnored)
      $0.add(2, .write)
    }
    #expect(ignored.kinds == [])
  }

  @Test func `is not there between critical sections of one lock, but is of two`() {
    for (second, kinds) in [(0, []), (1, [Finding.Kind.dataRace])] {
      let trace = TraceBuilder {
        $0.add(1, .lock, Machine.lock(0))
        $0.add(1, .write)
        $0.add(1, .unlock, Machine.lock(0))
        $0.add(2, .lock, Machine.lock(second))
        $0.add(2, .write)
      }
      #expect(trace.kinds == kinds)
    }
  }

  @Test func `is not there after a semaphore, a join or a creation`() {
    let trace = TraceBuilder {
      $0.add(1, .write)
      $0.add(1, .semaphoreSignal, Machine.semaphore(0))
      $0.add(2, .semaphoreWait, Machine.semaphore(0), value: 1)
      $0.add(2, .write)
      $0.add(2, .exit)
      $0.add(0, .join, ObjectID(thread: ThreadID(2)))
      $0.add(0, .write)
      $0.add(0, .spawn, value: 3)
      $0.add(3, .write)
    }
    #expect(trace.kinds == [])
    let without = TraceBuilder {
      $0.add(0, .write)
      $0.add(1, .write)
    }
    #expect(without.kinds == [.dataRace])
  }

  @Test func `is not there after a wait for a completion, but is after a call of Dispatch`() {
    let completed = TraceBuilder {
      $0.add(1, .write)
      $0.add(1, .complete, Machine.completion(0))
      $0.add(2, .awaitCompletion, Machine.completion(0))
      $0.add(2, .write)
    }
    #expect(completed.kinds == [])
    let async = ObjectID(DispatchCall.async.rawValue)
    let called = TraceBuilder {
      $0.add(1, .write)
      $0.add(1, .call, Machine.library(0), other: async)
      $0.add(2, .call, Machine.library(0), other: async)
      $0.add(2, .write)
    }
    #expect(called.kinds == [.dataRace])
  }

  @Test func `is not there between a signal and the thread that it woke, but is with others`() {
    for (woken, kinds) in [(UInt64(2), []), (Event.nobody, [Finding.Kind.dataRace])] {
      let trace = TraceBuilder {
        $0.add(2, .lock, Machine.lock(0))
        $0.add(2, .wait, Machine.condition(0), other: Machine.lock(0))
        $0.add(1, .write)
        $0.add(1, .signal, Machine.condition(0), value: woken)
        $0.add(2, .lock, Machine.lock(0))
        $0.add(2, .read)
      }
      #expect(trace.kinds == kinds)
    }
  }

  @Test func `is ordered by a release and the acquire after it, not by relaxed operations`() {
    let orders: [(Event.Order, Event.Order, Bool)] = [
      (.release, .acquire, false), (.sequentiallyConsistent, .sequentiallyConsistent, false),
      (.release, .consume, false), (.relaxed, .acquire, true), (.release, .relaxed, true),
      (.relaxed, .relaxed, true),
    ]
    for (store, load, isRace) in orders {
      let trace = TraceBuilder {
        $0.add(1, .write)
        $0.add(1, .write, Machine.cell(1), order: store)
        $0.add(2, .read, Machine.cell(1), order: load)
        $0.add(2, .read)
      }
      #expect(trace.kinds == (isRace ? [.dataRace] : []))
    }
  }

  @Test func `is ordered by fences around relaxed operations, and by release sequences`() {
    for (release, acquire) in [(true, true), (false, true), (true, false)] {
      let trace = TraceBuilder {
        $0.add(1, .write)
        if release { $0.add(1, .fence, order: .release) }
        $0.add(1, .write, Machine.cell(1), order: .relaxed)
        $0.add(2, .read, Machine.cell(1), order: .relaxed)
        if acquire { $0.add(2, .fence, order: .acquire) }
        $0.add(2, .read)
      }
      #expect(trace.kinds == (release && acquire ? [] : [.dataRace]))
    }
    for kind in [Event.Kind.readModifyWrite, .write] {
      let trace = TraceBuilder {
        $0.add(1, .write)
        $0.add(1, .write, Machine.cell(1), order: .release)
        $0.add(0, kind, Machine.cell(1), order: .relaxed)
        $0.add(2, .read, Machine.cell(1), order: .acquire)
        $0.add(2, .read)
      }
      #expect(trace.kinds == (kind == .write ? [.dataRace] : []))
    }
  }

  @Test(arguments: [true, false])
  func `is ordered by an exchange that finds what it stores, and not by a failed compare-and-swap`(
    isExchange: Bool
  ) {
    let trace = TraceBuilder {
      $0.add(1, .write)
      $0.add(
        1, .read, Machine.cell(1), order: .acquireRelease,
        flags: isExchange ? [.compareAndSwap, .findsTheSame] : .compareAndSwap)
      $0.add(2, .readModifyWrite, Machine.cell(1), order: .acquireRelease)
      $0.add(2, .read)
    }
    #expect(trace.kinds == (isExchange ? [] : [.dataRace]))
  }

  @Test(arguments: [true, false])
  func `is one with an exchange that finds what it stores, as with a store`(isExchange: Bool) {
    let trace = TraceBuilder {
      $0.add(1, .read, order: .relaxed, flags: isExchange ? .findsTheSame : [])
      $0.add(2, .read)
    }
    #expect(trace.kinds == (isExchange ? [.dataRace] : []))
  }

  @Test func `is not there between an access and the acquire of its bytes that comes after it`() {
    for (order, kinds) in [(Event.Order.acquire, []), (.relaxed, [Finding.Kind.dataRace])] {
      let trace = TraceBuilder {
        $0.add(1, .write)
        $0.add(1, .write, order: .release)
        $0.add(2, .read, order: order)
      }
      #expect(trace.kinds == kinds)
    }
  }

  @Test func `is not there after a once-only initialiser, and is told in many threads`() {
    let trace = TraceBuilder {
      $0.add(1, .once, Machine.once(0))
      $0.add(1, .write)
      $0.add(2, .once, Machine.once(0))
      $0.add(2, .read)
      $0.add(1, .write, Machine.cell(2))
      $0.add(2, .read, Machine.cell(2))
    }
    #expect(trace.findings.map(\.object) == [Machine.cell(2)])
    let many = TraceBuilder {
      for thread in 3..<UInt64(60) { $0.add(0, .spawn, value: thread) }
      $0.add(40, .lock, Machine.lock(0))
      $0.add(40, .write)
      $0.add(40, .unlock, Machine.lock(0))
      $0.add(59, .lock, Machine.lock(0))
      $0.add(59, .write)
      $0.add(7, .read)
    }
    #expect(many.findings.map(\.steps) == [[63, 64]])
  }

  @Test func `is left out where an update of the same bytes was lost`() {
    let trace = TraceBuilder {
      $0.add(1, .read)
      $0.add(2, .write)
      $0.add(1, .write)
      $0.add(2, .write, Machine.cell(3))
      $0.add(1, .write, Machine.cell(3))
    }
    #expect(trace.kinds == [.lostUpdate, .dataRace])
  }

  @Test func `is found by an analysis whatever it saw before`() {
    var analysis = Analysis()
    for _ in 0..<3 {
      let racy = TraceBuilder {
        $0.add(1, .write)
        $0.add(2, .write)
      }
      let ordered = TraceBuilder {
        $0.add(1, .write)
        $0.add(1, .unlock, Machine.lock(0))
        $0.add(2, .lock, Machine.lock(0))
        $0.add(2, .write)
      }
      let stale = TraceBuilder {
        $0.add(2, .lock, Machine.lock(0))
        $0.add(2, .write)
        $0.add(1, .write)
      }
      func kinds(_ builder: TraceBuilder) -> [Finding.Kind] {
        analysis.findings(in: Execution(ending: .completed, trace: builder.events)).map(\.kind)
      }
      #expect(kinds(racy) == [.dataRace])
      #expect(kinds(ordered) == [])
      #expect(kinds(stale) == [.dataRace])
    }
  }
}
