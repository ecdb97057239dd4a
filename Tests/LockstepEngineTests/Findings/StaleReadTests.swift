import LockstepEngine
import Testing

extension TraceBuilder {
  /// A thread's accesses to the cell in one critical section, each from a place in the program.
  fileprivate mutating func section(
    _ thread: UInt8, lock: Int = 0, _ accesses: (kind: Event.Kind, place: UInt64)...
  ) {
    add(thread, .lock, Machine.lock(lock))
    for access in accesses { add(thread, access.kind, at: access.place) }
    add(thread, .unlock, Machine.lock(lock))
  }

  fileprivate var staleReads: [StaleRead] {
    var reads = StaleReads()
    return reads.record(Execution(ending: .completed, trace: events))
  }

  fileprivate var steps: [[Int]] { staleReads.map(\.finding.steps) }
}

@Suite struct `A stale read` {
  // MARK: Used without looking again

  @Test func `is used by a store in a later critical section of the lock`() {
    let trace = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.write, 12))
    }
    #expect(
      trace.staleReads == [
        StaleRead(
          finding: Finding(
            kind: .atomicity, object: TraceBuilder.cell, steps: [3, 6, 9],
            locks: [Machine.lock(0)]))
      ])
    #expect(trace.kinds == [])
  }

  @Test func `is the last of its section, and the store the first of the next one`() {
    let trace = TraceBuilder {
      $0.section(1, (.write, 11), (.read, 12), (.read, 13))
      $0.section(2, (.read, 20), (.readModifyWrite, 21))
      $0.section(2, (.opaqueReadWrite, 22))
      $0.section(1, (.write, 14), (.write, 15))
    }
    #expect(trace.steps == [[5, 9, 15]])
  }

  @Test(
    arguments: [Event.Kind.write, .readModifyWrite, .opaqueReadWrite, .read, .tryLock])
  func `is one only after a store by another thread`(kind: Event.Kind) {
    let trace = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (kind, 21))
      $0.section(1, (.write, 12))
    }
    #expect(trace.steps.count == (kind.isStore ? 1 : 0))
    let own = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2)
      $0.section(1, (.write, 12))
      $0.section(2, (kind, 21))
    }
    #expect(own.steps == [])
  }

  @Test func `is none where the store is in the section of the read, or a store follows it there`()
  {
    let atomic = TraceBuilder {
      $0.section(1, (.read, 11), (.write, 12))
      $0.section(2, (.read, 11), (.write, 12))
      $0.section(1, (.read, 11), (.write, 12))
      $0.section(2, (.write, 13))
      $0.section(1, (.write, 14))
    }
    #expect(atomic.steps == [])
  }

  @Test func `is none where the other store is under another lock: an update is lost`() {
    for lock in [0, 1] {
      let trace = TraceBuilder {
        $0.section(1, (.read, 11))
        $0.section(2, lock: lock, (.write, 21))
        $0.section(1, (.write, 12))
      }
      #expect(trace.steps.count == (lock == 0 ? 1 : 0))
      #expect(trace.kinds == (lock == 0 ? [] : [.lostUpdate]))
    }
  }

  @Test func `is none where read and store are under different locks`() {
    let trace = TraceBuilder {
      $0.section(2, lock: 1)
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, lock: 1, (.write, 12))
      $0.section(2, lock: 1)
      $0.section(1)
    }
    #expect(trace.steps == [])
  }

  @Test func `is none where the thread accesses the bytes in between, or others`() {
    let outside = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.add(1, .read, at: 13)
      $0.section(1, (.write, 12))
    }
    #expect(outside.steps == [])
    for (object, size) in [(Machine.cell(1), 4), (Machine.cell(0), 2), (Machine.cell(0), 8)] {
      let other = TraceBuilder {
        $0.section(1, (.read, 11))
        $0.section(2, (.write, 21))
        $0.add(1, .lock, Machine.lock(0))
        $0.add(1, .write, object, size: UInt32(size), at: 12)
        $0.add(1, .unlock, Machine.lock(0))
      }
      #expect(other.steps == [])
    }
  }

  @Test func `is one where the lock is one of several that are held`() {
    let trace = TraceBuilder {
      $0.add(1, .lock, Machine.lock(2))
      $0.section(1, lock: 0, (.read, 11))
      $0.section(2, lock: 0, (.write, 21))
      $0.section(1, lock: 0, (.write, 12))
    }
    #expect(trace.steps == [[4, 7, 10]])
    #expect(trace.staleReads.map(\.finding.locks) == [[Machine.lock(0)]])
    let handOverHand = TraceBuilder {
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .lock, Machine.lock(1))
      $0.add(1, .unlock, Machine.lock(0))
      $0.add(1, .read)
      $0.add(1, .unlock, Machine.lock(1))
      $0.section(2, lock: 1, (.write, 21))
      $0.section(1, lock: 1, (.write, 12))
    }
    #expect(handOverHand.staleReads.map(\.finding.locks) == [[Machine.lock(1)]])
  }

  @Test func `is one across a wait, which gives up the lock`() {
    let trace = TraceBuilder {
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .read)
      $0.add(1, .wait, Machine.condition(0), other: Machine.lock(0))
      $0.section(2, (.write, 21))
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .write)
    }
    #expect(trace.steps == [[3, 6, 9]])
  }

  @Test func `is one of each object, in a tried section too, and not in a library's`() {
    let two = TraceBuilder {
      for cell in 0..<2 {
        for (thread, kind) in [(1, Event.Kind.read), (2, .write), (1, .write)] {
          $0.add(UInt8(thread), cell == 0 ? .lock : .tryLock, Machine.lock(0))
          $0.add(UInt8(thread), kind, Machine.cell(cell))
          $0.add(UInt8(thread), .unlock, Machine.lock(0))
        }
      }
    }
    #expect(two.staleReads.map(\.finding.object) == [Machine.cell(0), Machine.cell(1)])
    let library = TraceBuilder {
      for (thread, kind) in [(1, Event.Kind.read), (2, .write), (1, .write)] {
        $0.add(UInt8(thread), .lock, Machine.lock(0), flags: .library)
        $0.add(UInt8(thread), kind)
        $0.add(UInt8(thread), .unlock, Machine.lock(0))
      }
    }
    #expect(library.steps == [])
  }

  @Test func `is found by the same value whatever it saw before`() {
    var reads = StaleReads()
    let stale = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.write, 12))
    }
    let fresh = TraceBuilder {
      $0.section(2, (.write, 21))
      $0.section(1, (.read, 11))
      $0.section(1, (.write, 12))
    }
    let leaking = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.add(1, .lock, Machine.lock(0))
    }
    for _ in 0..<3 {
      for (builder, count) in [(stale, 1), (fresh, 0), (leaking, 0)] {
        #expect(
          reads.record(Execution(ending: .completed, trace: builder.events)).count == count)
      }
    }
  }
}

@Suite struct `A stale read that was looked at again` {
  /// A check at 11, a second look at 12, a store at 13.
  private let pattern = StaleRead.Pattern(read: 11, again: 12, store: 13)

  private let acted = TraceBuilder {
    $0.section(1, (.read, 11))
    $0.section(2, (.read, 11))
    $0.section(2, (.read, 12), (.write, 13))
    $0.section(1, (.read, 12), (.write, 13))
  }

  /// Thread 2 finds nothing left.
  private let refrained = TraceBuilder {
    $0.section(1, (.read, 11))
    $0.section(1, (.read, 12), (.write, 13))
    $0.section(2, (.read, 11))
  }

  private func isConfirmed(
    _ executions: (TraceBuilder, Execution.Ending)..., pattern: StaleRead.Pattern? = nil
  ) -> Bool {
    var reads = StaleReads()
    for (trace, ending) in executions {
      _ = reads.record(Execution(ending: ending, trace: trace.events))
    }
    return reads.isConfirmed(pattern ?? self.pattern)
  }

  @Test func `is told with its pattern`() {
    #expect(acted.staleReads.map(\.pattern) == [pattern])
    #expect(acted.steps == [[3, 10, 14]])
    #expect(refrained.staleReads == [])
  }

  @Test func `is a finding if the store was left out after some check, whenever that was`() {
    #expect(!isConfirmed((acted, .completed)))
    #expect(isConfirmed((acted, .completed), (refrained, .completed)))
    #expect(isConfirmed((refrained, .completed), (acted, .completed)))
  }

  @Test func `is none if the store follows each read: it was read for a log`() {
    let alone = TraceBuilder {
      for thread in [UInt8(1), 2] {
        for _ in 0..<3 {
          $0.section(thread, (.read, 11))
          $0.section(thread, (.read, 12), (.write, 13))
        }
      }
    }
    #expect(!isConfirmed((acted, .completed), (alone, .completed)))
  }

  @Test func `is a finding if the check is made again before the store`() {
    let twice = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(1, (.read, 11))
      $0.section(1, (.read, 12), (.write, 13))
    }
    #expect(isConfirmed((acted, .completed), (twice, .completed)))
  }

  @Test(arguments: [Execution.Ending.deadlocked, .stepLimit, .crashed])
  func `is none if all that is known is a thread that did not come to its end`(
    ending: Execution.Ending
  ) {
    #expect(!isConfirmed((acted, .completed), (refrained, ending)))
    let ended = TraceBuilder {
      $0.section(2, (.read, 11))
      $0.add(2, .exit)
    }
    #expect(isConfirmed((acted, .completed), (ended, ending)))
  }

  @Test func `is none if a thread that looked again ever left it as it was`() {
    let rechecked = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 14))
      $0.section(1, (.read, 12))
    }
    #expect(!isConfirmed((acted, .completed), (refrained, .completed), (rechecked, .completed)))
    #expect(!isConfirmed((rechecked, .deadlocked), (acted, .completed), (refrained, .completed)))
    let unchanged = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.read, 14))
      $0.section(1, (.read, 12))
    }
    #expect(!isConfirmed((acted, .completed), (refrained, .completed), (unchanged, .completed)))
    let open = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 14))
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .read, at: 12)
    }
    #expect(isConfirmed((acted, .completed), (refrained, .completed), (open, .stepLimit)))
  }

  @Test func `is none in a loop that looks again at the same place`() {
    let loop = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.read, 11), (.write, 13))
    }
    #expect(loop.staleReads == [])
    let later = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.read, 12), (.read, 11), (.write, 13))
    }
    #expect(later.staleReads == [])
  }

  @Test func `is told for each place that read it in the earlier section`() {
    let trace = TraceBuilder {
      $0.section(1, (.read, 9), (.write, 10), (.read, 11), (.read, 14), (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.read, 12), (.write, 13), (.write, 16))
    }
    #expect(
      trace.staleReads.map(\.pattern) == [
        pattern, StaleRead.Pattern(read: 14, again: 12, store: 13),
      ])
    #expect(trace.steps == [[7, 10, 14], [6, 10, 14]])
  }

  @Test func `is none where the later section looks at another place before it stores`() {
    let trace = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.read, 12), (.read, 15), (.write, 13))
    }
    #expect(trace.staleReads == [])
  }

  /// As of a dictionary, whose storage is looked at to tell whether it is anyone else's, and then is changed.
  @Test func `is in doubt where such looks follow directly what a library was handed`() {
    func patterns(_ section: (Event.Kind, UInt64)...) -> [StaleRead.Doubt?] {
      let trace = TraceBuilder {
        $0.section(1, (.read, 11))
        $0.section(2, (.write, 21))
        $0.add(1, .lock, Machine.lock(0))
        for (kind, place) in section {
          let object = place < 100 ? TraceBuilder.cell : Machine.cell(1)
          $0.add(1, kind, object, at: place)
        }
        $0.add(1, .unlock, Machine.lock(0))
      }
      return trace.staleReads.filter { $0.pattern?.store == 13 }.map(\.doubt)
    }
    #expect(patterns((.opaqueReadWrite, 14), (.read, 12), (.write, 13)) == [nil])
    #expect(
      patterns((.opaqueReadWrite, 14), (.read, 12), (.read, 15), (.read, 16), (.write, 13))
        == [.looksTwice])
    #expect(
      patterns((.opaqueReadWrite, 14), (.read, 100), (.read, 12), (.read, 15), (.write, 13)) == [])
    #expect(
      patterns((.opaqueReadWrite, 14), (.read, 12), (.read, 100), (.read, 15), (.write, 13)) == [])
  }

  @Test func `is told of what a library changes, in doubt if the section looks at it after`() {
    let change = StaleRead.Pattern(read: 11, again: 15, store: 15)
    let alone = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.opaqueReadWrite, 15), (.opaqueReadWrite, 15))
    }
    #expect(alone.staleReads.map(\.pattern) == [change])
    #expect(alone.staleReads.map(\.doubt) == [nil])
    let looking = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.opaqueReadWrite, 15), (.read, 11))
    }
    #expect(looking.staleReads.map(\.pattern) == [change])
    #expect(looking.staleReads.map(\.doubt) == [.mayOnlyOpen])
  }

  @Test(arguments: [true, false])
  func `is told by what a library was handed, if that is accessed`(looks: Bool) {
    let acted = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .opaqueReadWrite, at: 15)
      if looks { $0.add(1, .read, at: 12) }
      $0.add(1, .write, at: 13)
      $0.add(1, .unlock, Machine.lock(0))
    }
    let store = StaleRead.Pattern(read: 11, again: looks ? 12 : 15, store: 13)
    #expect(
      acted.staleReads.map(\.pattern)
        == [store, StaleRead.Pattern(read: 11, again: 15, store: 15)])
    #expect(acted.staleReads.map(\.doubt) == [nil, .mayOnlyOpen])
  }

  /// As of a structure that a lock guards, and then of one of its parts.
  @Test(arguments: [Event.Kind.opaqueReadWrite, .readModifyWrite])
  func `is told of a part of what was handed over before`(kind: Event.Kind) {
    func trace(_ part: ObjectID) -> TraceBuilder {
      TraceBuilder {
        $0.add(1, .lock, Machine.lock(0))
        $0.add(1, .read, part, size: 8, at: 11)
        $0.add(1, .unlock, Machine.lock(0))
        $0.add(2, .lock, Machine.lock(0))
        $0.add(2, .write, size: 16, at: 21)
        $0.add(2, .unlock, Machine.lock(0))
        $0.add(1, .lock, Machine.lock(0))
        $0.add(1, .opaqueReadWrite, size: 16, at: 15)
        $0.add(1, kind, part, size: 8, at: 12)
        $0.add(1, .unlock, Machine.lock(0))
      }
    }
    let pattern = StaleRead.Pattern(read: 11, again: 12, store: 12)
    let part = ObjectID(TraceBuilder.cell.rawValue + 8)
    #expect(trace(part).staleReads.map(\.pattern) == [pattern])
    #expect(trace(part).staleReads.map(\.doubt) == [nil])
    #expect(!trace(TraceBuilder.cell).staleReads.map(\.pattern).contains(pattern))
  }

  /// Its caller is in the upper sixteen bits of a place.
  @Test func `is judged alike whoever calls the function that it is in`() {
    let caller: UInt64 = 5 << 48
    let rechecked = TraceBuilder {
      $0.section(1, (.read, 11 | caller))
      $0.section(2, (.write, 14))
      $0.section(1, (.read, 12 | caller))
    }
    let executions = [(acted, Execution.Ending.completed), (refrained, .completed)]
    #expect(isConfirmed(executions[0], executions[1]))
    #expect(!isConfirmed(executions[0], executions[1], (rechecked, .completed)))
    let apart = TraceBuilder {
      $0.section(1, (.read, 11 | caller))
      $0.section(2, (.write, 14))
      $0.section(1, (.read, 12))
    }
    #expect(isConfirmed(executions[0], executions[1], (apart, .completed)))
  }

  @Test(arguments: [Event.Kind.readModifyWrite, .opaqueReadWrite])
  func `is told where one access reads and stores`(kind: Event.Kind) {
    let acted = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (kind, 12))
      $0.section(1, (kind, 12))
    }
    let pattern = StaleRead.Pattern(read: 11, again: 12, store: 12)
    #expect(acted.staleReads.map(\.pattern) == [pattern])
    #expect(acted.steps == [[3, 6, 9]])
    let refrained = TraceBuilder { $0.section(2, (.read, 11)) }
    #expect(!isConfirmed((acted, .completed), pattern: pattern))
    #expect(isConfirmed((acted, .completed), (refrained, .completed), pattern: pattern))
  }

  @Test func `is none if it was another's section or another section's store`() {
    let apart = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.section(1, (.read, 12))
      $0.section(1, (.read, 15), (.write, 13))
    }
    #expect(apart.staleReads == [])
    let part = TraceBuilder {
      $0.section(1, (.read, 11))
      $0.section(2, (.write, 21))
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .read, at: 12)
      $0.add(1, .write, size: 2, at: 17)
      $0.add(1, .write, at: 13)
    }
    #expect(part.staleReads == [])
  }
}
