import LockstepEngine
import Testing

extension TraceBuilder {
  /// A thread takes locks one in the other, and gives them up.
  mutating func nest(_ thread: UInt8, _ locks: Int...) {
    for lock in locks { add(thread, .lock, Machine.lock(lock)) }
    for lock in locks.reversed() { add(thread, .unlock, Machine.lock(lock)) }
  }

  mutating func join(_ thread: UInt8, _ child: UInt8) {
    add(child, .exit)
    add(thread, .join, ObjectID(thread: ThreadID(child)))
  }

  fileprivate var lockOrders: [Finding] {
    var order = LockOrder()
    return order.record(Execution(ending: .completed, trace: events))
  }

  /// The locks of each cycle, by their numbers.
  fileprivate var cycles: [[Int]] {
    lockOrders.map { finding in
      finding.locks.map { lock in (0..<8).first { Machine.lock($0) == lock } ?? -1 }
    }
  }
}

@Suite struct `A lock order` {
  @Test func `that two threads reverse is a potential deadlock, with both paths`() {
    let trace = TraceBuilder {
      $0.nest(1, 0, 1)
      $0.nest(2, 1, 0)
    }
    #expect(
      trace.lockOrders == [
        Finding(
          kind: .lockOrder, object: Machine.lock(0), steps: [2, 3, 6, 7],
          locks: [Machine.lock(0), Machine.lock(1)])
      ])
  }

  @Test func `that all follow is none, nor one that a single thread reverses`() {
    let same = TraceBuilder {
      $0.nest(1, 0, 1, 2)
      $0.nest(2, 0, 1)
      $0.nest(2, 1, 2)
      $0.nest(1, 0, 2)
    }
    #expect(same.cycles == [])
    let single = TraceBuilder {
      $0.nest(1, 0, 1)
      $0.nest(1, 1, 0)
    }
    #expect(single.cycles == [])
  }

  @Test func `without nesting is none`() {
    let trace = TraceBuilder {
      for thread in [UInt8(1), 2] {
        $0.nest(thread, 0)
        $0.nest(thread, 1)
      }
    }
    #expect(trace.cycles == [])
  }

  @Test(arguments: 2...5) func `can go in a circle of as many threads as locks`(count: Int) {
    let trace = TraceBuilder {
      for lock in 0..<count { $0.nest(UInt8(1 + lock), lock, (lock + 1) % count) }
    }
    #expect(trace.cycles == [Array(0..<count)])
    let tooFew = TraceBuilder {
      for lock in 0..<count { $0.nest(UInt8(1 + lock % (count - 1)), lock, (lock + 1) % count) }
    }
    #expect(tooFew.cycles == [])
  }

  @Test func `tells each circle of a trace once`() {
    let trace = TraceBuilder {
      for _ in 0..<3 {
        $0.nest(1, 0, 1)
        $0.nest(2, 1, 0)
        $0.nest(1, 2, 3)
        $0.nest(2, 3, 2)
        $0.nest(0, 1, 0)
      }
    }
    #expect(trace.cycles == [[0, 1], [2, 3]])
  }

  @Test func `behind a gate lock is none, but is behind two`() {
    for (first, second, cycles) in [(4, 4, []), (4, 5, [[0, 1]])] {
      let trace = TraceBuilder {
        $0.nest(1, first, 0, 1)
        $0.nest(2, second, 1, 0)
      }
      #expect(trace.cycles == cycles)
    }
  }

  @Test func `whose gate was given up before the inner lock is one`() {
    let trace = TraceBuilder {
      $0.add(1, .lock, Machine.lock(4))
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .unlock, Machine.lock(4))
      $0.add(1, .lock, Machine.lock(1))
      $0.add(1, .unlock, Machine.lock(1))
      $0.add(1, .unlock, Machine.lock(0))
      $0.nest(2, 4, 1, 0)
    }
    #expect(trace.cycles == [[0, 1]])
  }

  @Test func `is none where one thread holds the other's outer lock too`() {
    // Thread 2 holds lock 0 while it asks for lock 2: thread 1 cannot hold it at its own lock 1.
    let trace = TraceBuilder {
      $0.nest(1, 0, 1)
      $0.nest(2, 0, 1, 2)
      $0.nest(3, 2, 0)
    }
    #expect(trace.cycles == [[0, 2]])
  }

  @Test func `is none where threads are created or joined in between`() {
    let joined = TraceBuilder {
      $0.nest(1, 0, 1)
      $0.join(0, 1)
      $0.nest(0, 1, 0)
      $0.nest(2, 0, 1)
      $0.join(0, 2)
    }
    #expect(joined.cycles == [[0, 1]])
    let apart = TraceBuilder {
      $0.nest(1, 0, 1)
      $0.join(0, 1)
      $0.add(0, .spawn, value: 3)
      $0.add(3, .spawn, value: 4)
      $0.nest(4, 1, 0)
    }
    #expect(apart.cycles == [])
    let before = TraceBuilder {
      $0.nest(0, 0, 1)
      $0.add(0, .spawn, value: 3)
      $0.nest(3, 1, 0)
    }
    #expect(before.cycles == [])
    let after = TraceBuilder {
      $0.add(0, .spawn, value: 3)
      $0.nest(0, 0, 1)
      $0.nest(3, 1, 0)
    }
    #expect(after.cycles == [[0, 1]])
  }

  @Test func `is one if the same locks are nested again after the creation`() {
    let trace = TraceBuilder {
      $0.nest(0, 0, 1)
      $0.add(0, .spawn, value: 3)
      $0.nest(0, 0, 1)
      $0.nest(3, 1, 0)
    }
    #expect(trace.lockOrders.map(\.steps) == [[7, 8, 11, 12]])
  }

  @Test func `is none by a thread created within the nesting, which waits for the locks`() {
    let trace = TraceBuilder {
      $0.add(0, .lock, Machine.lock(0))
      $0.add(0, .lock, Machine.lock(1))
      $0.add(0, .spawn, value: 3)
      $0.add(0, .unlock, Machine.lock(1))
      $0.add(0, .unlock, Machine.lock(0))
      $0.nest(3, 1, 0)
    }
    #expect(trace.cycles == [])
  }

  @Test func `is kept apart by a semaphore only as long as that is there`() {
    let trace = TraceBuilder {
      $0.nest(1, 0, 1)
      $0.add(1, .semaphoreSignal, Machine.semaphore(0))
      $0.add(2, .semaphoreWait, Machine.semaphore(0), value: 1)
      $0.nest(2, 1, 0)
    }
    #expect(trace.cycles == [[0, 1]])
  }

  @Test func `counts a tried lock as held, and not as waited for`() {
    for (tried, cycles) in [(0, [[0, 1]]), (1, [])] {
      let trace = TraceBuilder {
        $0.add(1, tried == 0 ? .tryLock : .lock, Machine.lock(0))
        $0.add(1, tried == 1 ? .tryLock : .lock, Machine.lock(1))
        $0.add(1, .unlock, Machine.lock(1))
        $0.add(1, .unlock, Machine.lock(0))
        $0.nest(2, 1, 0)
      }
      #expect(trace.cycles == cycles)
    }
  }

  @Test func `counts neither what libraries lock nor what is locked again`() {
    let library = TraceBuilder {
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .lock, Machine.lock(1), flags: .library)
      $0.add(1, .unlock, Machine.lock(0))
      $0.nest(2, 1, 0)
    }
    #expect(library.cycles == [])
    let recursive = TraceBuilder {
      $0.nest(1, 0, 1, 0)
      $0.nest(2, 0, 1)
    }
    #expect(recursive.cycles == [])
    let still = TraceBuilder {
      $0.nest(1, 0, 0)
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .unlock, Machine.lock(0))
      $0.add(1, .lock, Machine.lock(1))
      $0.nest(2, 1, 0)
    }
    #expect(still.cycles == [[0, 1]])
  }

  @Test func `counts a lock taken again after a wait`() {
    for (woken, cycles) in [(true, [[0, 1]]), (false, [])] {
      let trace = TraceBuilder {
        $0.nest(2, 1, 0)
        $0.add(1, .lock, Machine.lock(1))
        $0.add(1, .lock, Machine.lock(0))
        $0.add(1, .wait, Machine.condition(0), other: Machine.lock(1))
        $0.nest(0, 1)
        if woken { $0.add(1, .lock, Machine.lock(1)) }
      }
      // Thread 1 takes lock 1 first and lock 0 then, as thread 2 does; but it wakes holding lock 0.
      #expect(trace.cycles == cycles)
    }
  }

  @Test func `notices nesting after a wait for a word of memory`() {
    let trace = TraceBuilder {
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .wait, Machine.cell(3), flags: .library)
      $0.add(1, .lock, Machine.lock(1))
      $0.add(1, .unlock, Machine.lock(1))
      $0.add(1, .unlock, Machine.lock(0))
      $0.nest(2, 1, 0)
    }
    #expect(trace.cycles == [[0, 1]])
  }

  @Test func `is told by an analysis whatever it saw before`() {
    var order = LockOrder()
    let reversed = TraceBuilder {
      $0.nest(1, 0, 1)
      $0.nest(2, 1, 0)
    }
    let half = TraceBuilder { $0.nest(1, 1, 0) }
    let leaking = TraceBuilder {
      $0.add(1, .lock, Machine.lock(2))
      $0.nest(1, 3, 4)
    }
    for _ in 0..<3 {
      for (builder, count) in [(reversed, 1), (half, 0), (leaking, 0)] {
        let execution = Execution(ending: .completed, trace: builder.events)
        #expect(order.record(execution).count == count)
      }
    }
  }

  @Test func `of the bank is reversed in all executions that end`() {
    var strategy = Exhaustive()
    var order = LockOrder()
    var counts: [Execution.Ending: [Int]] = [:]
    while let plan = strategy.next() {
      let (execution, _) = Machine.run(.bank, plan)
      strategy.record(execution)
      counts[execution.ending, default: []].append(order.record(execution).count)
    }
    #expect(counts == [.completed: [1, 1], .deadlocked: [0]])
  }

  @Test func `of many threads and locks is searched in bounded time`() {
    let trace = TraceBuilder {
      for thread in 1..<UInt8(60) {
        for lock in 0..<8 { $0.nest(thread, lock, (lock + 1 + Int(thread) % 7) % 8) }
      }
    }
    #expect(trace.lockOrders.count > 8)
  }
}
