import LockstepEngine
import Testing

@Suite struct `The independence relation` {
  /// Pairs of kinds that are called dependent although no state tells their orders apart.
  ///
  /// All are pairs on one object of which never both are possible in one state as what they are: the one
  /// needs a lock free or not its own, the other needs to hold it. Nothing is lost by calling them dependent, and the
  /// table stays simple.
  static let deliberate: Set<Set<Event.Kind>> = [
    [.unlock], [.wait, .unlock], [.lock, .unlock], [.lock, .wait], [.lock, .tryLockFailed],
    [.tryLock, .unlock], [.tryLock, .tryLockFailed], [.tryLock, .wait],
    [.lock, .tryLockSharedFailed], [.lock, .unlockShared], [.tryLock, .unlockShared],
    [.tryLock, .tryLockSharedFailed], [.unlock, .lockShared], [.unlock, .tryLockShared],
    [.unlock, .unlockShared], [.tryLockFailed, .lockShared], [.tryLockFailed, .tryLockShared],
    [.semaphoreWait, .semaphoreTryWaitFailed], [.semaphoreTryWait, .semaphoreTryWaitFailed],
    [.wake, .waitEnd], [.timedWake, .waitEnd],
  ]

  /// Programs for pairs that the generator hardly meets.
  static let special = [
    Program(forkJoin: [
      [.lock(0), .wait(condition: 0, lock: 0)], [.lock(1), .wait(condition: 0, lock: 1)],
    ]),
    Program(forkJoin: [[.lock(0), .wait(condition: 0, lock: 0)], [.tryLock(0)]]),
    Program(forkJoin: [[.semaphoreWait(0)], [.semaphoreRead(0)]], semaphores: [1, 0]),
    Program(forkJoin: [[.call(0), .sharedCall(0)], [.sharedCall(0)], [.call(0)]]),
    Program(forkJoin: [[.call(0), .complete(0)], [.complete(0)], [.awaitCompletion(0), .call(0)]]),
  ]

  /// Everything two threads' next operations show about whether they commute in a state.
  private func commute(_ state: Machine, _ first: Int, _ second: Int) -> Bool {
    func run(_ order: [Int]) -> (Machine, [Int: Event])? {
      var machine = state
      var events: [Int: Event] = [:]
      for thread in order {
        guard machine.isEnabled(thread) else { return nil }
        events[thread] = machine.step(thread)[0]
      }
      return (machine, events)
    }
    guard let (left, before) = run([first, second]), let (right, after) = run([second, first])
    else { return false }
    return left == right && before == after
  }

  /// Visits the pairs of possible next operations in every state of a program.
  private func forEachPair(
    of program: Program, _ visit: (Machine, Operation, Operation) -> Void
  ) {
    var machine = Machine(program)
    _ = machine.start()
    var seen: Set<Machine> = [machine]
    var pending = [machine]
    while let state = pending.popLast(), seen.count < 3_000 {
      let enabled = state.enabled
      for thread in enabled {
        for other in enabled where thread < other {
          guard let first = state.pending(Int(thread.rawValue)),
            let second = state.pending(Int(other.rawValue))
          else { continue }
          visit(state, first, second)
        }
        var next = state
        _ = next.step(Int(thread.rawValue))
        if seen.insert(next).inserted { pending.append(next) }
      }
    }
  }

  @Test func `calls independent only what commutes in every state, and dependent what does not`() {
    var compared = 0
    var apart: Set<Set<Event.Kind>> = []
    let flavours = Generator.Flavour.allCases
    let generated = (0..<200 * flavours.count).map { seed in
      var generator = Generator(seed: UInt64(500_000 + seed))
      return generator.program(flavours[seed % flavours.count])
    }
    for program in generated + Self.special {
      forEachPair(of: program) { state, first, second in
        let commutes = commute(state, Int(first.thread.rawValue), Int(second.thread.rawValue))
        if Independence.areDependent(first, second) {
          if !commutes { apart.insert([first.kind, second.kind]) }
        } else {
          compared += 1
          if !commutes { Issue.record("\(first) and \(second) in \(program.threads)") }
        }
      }
    }
    #expect(compared > 10_000)
    // Every pair of kinds that the relation calls dependent is shown to be, or listed.
    for first in Event.Kind.allCases {
      for second in Event.Kind.allCases where Independence.areDependent(first, second) {
        #expect(
          apart.contains([first, second]) || Self.deliberate.contains([first, second]),
          "\(first) and \(second) always commute")
      }
    }
    #expect(apart.isDisjoint(with: Self.deliberate))
  }

  @Test func `is symmetric, and the runtime's table says the same`() {
    let matrix = Independence.matrix
    #expect(matrix.count == 64 * 64)
    for first in Event.Kind.allCases {
      for second in Event.Kind.allCases {
        let isDependent = Independence.areDependent(first, second)
        #expect(isDependent == Independence.areDependent(second, first))
        #expect(
          (matrix[Int(first.rawValue) * 64 + Int(second.rawValue)] == 1) == isDependent)
        if first.isAnnotation || first == .join || first == .awaitCompletion {
          #expect(!isDependent)
        }
      }
    }
  }

  @Test func `looks at bytes, not at words`() {
    func access(_ thread: UInt8, _ offset: UInt64, _ size: UInt32) -> Operation {
      Operation(
        thread: ThreadID(thread), kind: .write, object: ObjectID(1 << 60 | offset), size: size)
    }
    #expect(!Independence.areDependent(access(1, 0, 4), access(2, 4, 4)))
    #expect(Independence.areDependent(access(1, 0, 8), access(2, 4, 4)))
    #expect(Independence.areDependent(access(1, 6, 4), access(2, 8, 1)))
    #expect(!Independence.areDependent(access(1, 6, 2), access(2, 8, 1)))
  }

  @Test func `compares a wait by its condition and by its lock`() {
    let wait = Operation(
      thread: ThreadID(1), kind: .wait, object: Machine.condition(0), other: Machine.lock(0))
    func other(_ kind: Event.Kind, _ object: ObjectID) -> Operation {
      Operation(thread: ThreadID(2), kind: kind, object: object)
    }
    #expect(Independence.areDependent(wait, other(.signal, Machine.condition(0))))
    #expect(!Independence.areDependent(wait, other(.signal, Machine.condition(1))))
    #expect(Independence.areDependent(other(.tryLockFailed, Machine.lock(0)), wait))
    #expect(!Independence.areDependent(wait, other(.lock, Machine.lock(1))))
  }
}
