import Foundation
import LockstepEngine
import Testing

@Suite struct `Exhaustive exploration` {
  @Test(arguments: [
    (Program.race(2, 1), 4), (.race(2, 2), 34), (.race(2, 3), 328), (.race(2, 4), 3_334),
    (.race(3, 1), 36), (.race(3, 2), 7_134), (.race(4, 1), 576),
    (.fine(2, 1), 2), (.fine(2, 2), 6), (.fine(2, 3), 20), (.fine(2, 4), 70), (.fine(3, 2), 90),
    (.coarse(2, 10), 2), (.readers(2), 4), (.readers(8), 256), (.lastZero(5), 64),
    (.atomicIncrements(2), 2), (.atomicIncrements(3), 6), (.atomicIncrements(4), 24),
    (.atomicIncrements(5), 120),
  ]) func `A program of the literature takes its exact number of executions`(
    program: Program, count: Int
  ) {
    let explored = Explored(program, keepingClasses: false)
    #expect(explored.strategy.executions == count)
    #expect(explored.strategy.redundant == 0)
    #expect(explored.strategy.deadlocked == 0)
  }

  @Test func `Two transfers with two locks in opposite order have three ends, one a deadlock`() {
    let explored = Explored(.bank)
    #expect(explored.strategy.executions == 3)
    #expect(explored.strategy.deadlocked == 1)
    #expect(explored.strategy.redundant == 0)
  }

  /// Found by 100,000 generated programs, when only races with a new second step were looked at.
  @Test(arguments: [
    Program(threads: [
      [.spawn(1), .spawn(2), .spawn(3), .spawn(4)], [.lock(1), .unlock(1)], [.tryLock(1)],
      [.tryLock(0)], [.lock(0), .lock(1)],
    ]),
    Program(threads: [
      [.spawn(1), .spawn(2), .spawn(3), .spawn(4), .add(1)], [.tryLock(0)],
      [.lock(1), .read(1), .unlock(1)], [.lock(0), .add(1)],
      [.lock(0), .tryLock(1), .unlock(0)],
    ]),
    Program(
      threads: [
        [.spawn(1), .spawn(2), .spawn(3), .write(0, adding: 1)],
        [.semaphoreSignal(1), .semaphoreWait(1)], [.semaphoreSignal(0), .write(0, adding: 1)],
        [.semaphoreWait(1), .semaphoreSignal(0)],
      ], semaphores: [1, 1]),
  ]) func `A race that nothing decided is looked at again in each execution`(program: Program) {
    #expect(Explored.compare(program).complaint == nil)
  }

  /// Counted by hand: where three sections go, shared ones in any order; who of two comes last to a
  /// barrier; three arrivals in every order; sleeps, and a look at the clock among them.
  @Test(arguments: [
    (Program.shared(readers: 2, writers: 0), 1), (.shared(readers: 2, writers: 1), 4),
    (.shared(readers: 3, writers: 1), 8), (.shared(readers: 1, writers: 2), 6),
    (.shared(readers: 2, writers: 2), 18), (.meeting(2), 2), (.meeting(3), 6),
    (Program(forkJoin: [[.sleep(1)], [.sleep(2)], [.sleep(3)]]), 1),
    (Program(forkJoin: [[.sleep(1)], [.sleep(2)], [.readClock]]), 4),
    (Program(forkJoin: [[.semaphoreTryWait(0)], [.semaphoreTryWait(0)]]), 1),
    (Program(forkJoin: [[.semaphoreTryWait(0)], [.semaphoreSignal(0)]]), 2),
  ]) func `A program with shared locks, barriers or time takes its exact number of executions`(
    program: Program, count: Int
  ) {
    let explored = Explored(program, keepingClasses: false)
    #expect(explored.strategy.executions == count)
    #expect(explored.strategy.redundant == 0)
    #expect(Explored.compare(program).complaint == nil)
  }

  /// Counted by hand, for threads that wait in one order and in the other, times two.
  ///
  /// One signal comes before both, or wakes who waits alone (who goes on before the other waits, or after),
  /// or either of them: 1 + 2 + 2. Two signals: both come before, 1; the first does, 2 + 2; the first
  /// wakes who waits alone, and the second nobody, 2, or the other, 3; both come when both wait, and
  /// either is woken first, before the second signal or after, and takes the lock first or last, 8.
  @Test(arguments: [([Program.Instruction.signal(0)], 10), ([.signal(0), .signal(0)], 36)])
  func `A signal wakes either of two threads`(signals: [Program.Instruction], count: Int) {
    let waiter: [Program.Instruction] = [.lock(0), .wait(condition: 0, lock: 0), .unlock(0)]
    let program = Program(forkJoin: [waiter, waiter, signals])
    #expect(Explored(program, keepingClasses: false).strategy.executions == count)
    #expect(Explored.compare(program).complaint == nil)
  }

  /// The corpus's bounded buffer: two consumers of one item each, and a producer of two, with room for one.
  @Test(arguments: [Program.Instruction.signal(0), .broadcast(0)])
  func `A buffer whose users wait on one condition takes as many executions as brute force finds`(
    wake: Program.Instruction
  ) {
    func use(whenNot items: Int, adding count: Int) -> [Program.Instruction] {
      let attempt: [Program.Instruction] = [
        .read(0), .skip(1, unless: items...items), .wait(condition: 0, lock: 0),
      ]
      // Nobody waits three times: no more than three others wake.
      return [.lock(0)] + attempt + attempt + attempt + [
        .read(0), .write(0, adding: count), wake, .unlock(0),
      ]
    }
    let (put, take) = (use(whenNot: 1, adding: 1), use(whenNot: 0, adding: -1))
    let program = Program(forkJoin: [put + put, take, take])
    let comparison = Explored.compare(program, limit: 200_000)
    #expect(comparison.complaint == nil)
    #expect(comparison.classes == 40)
  }

  /// No schedule has one reader's hold without the other's, and the writer comes before both or after.
  @Test func `A writer comes before readers that hold a lock at the same time in every schedule`() {
    let reader: [Program.Instruction] = [.lockShared(4), .arrive(0), .unlockShared(4)]
    let program = Program(forkJoin: [reader, reader, [.lock(4), .unlock(4)]])
    let explored = Explored(program)
    // Who comes last to the barrier, times two.
    #expect(explored.strategy.executions == 4)
    #expect(Explored.compare(program).complaint == nil)
  }

  @Test func `A program that changes from run to run is told, with where`() {
    var strategy = Exhaustive()
    var programs = [Program.race(2, 2), .readers(2)]
    var runs = 0
    while let plan = strategy.next(), runs < 1_000 {
      strategy.record(Machine.run(programs[0], plan).execution)
      programs.swapAt(0, 1)
      runs += 1
    }
    #expect(runs < 1_000)
    #expect(strategy.firstMismatch != nil)
    #expect(strategy.incomplete + strategy.redundant < strategy.executions)
  }

  @Test func `A step limit cuts every execution short, and the exploration still ends`() {
    var strategy = Exhaustive()
    while let plan = strategy.next() {
      strategy.record(Machine.run(.race(2, 3), plan, stepLimit: 5).execution)
    }
    #expect(strategy.incomplete == strategy.executions)
    #expect(strategy.executions < 328)
    #expect(strategy.maximumDepth == 5)
    #expect(strategy.firstMismatch == nil)
  }

  /// So many programs of each flavour; `LOCKSTEP_TEST_PROGRAMS=10000` takes as many as it says, and
  /// `LOCKSTEP_TEST_SEED` other ones.
  static let programs = environment("LOCKSTEP_TEST_PROGRAMS") ?? 300
  static let seed = environment("LOCKSTEP_TEST_SEED") ?? 0

  private static func environment(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  /// What must have happened in one of this many programs of a flavour at least.
  static func required(of flavour: Generator.Flavour) -> [Feature: Int] {
    switch flavour {
    case .memory: [.swapSucceeded: 5, .swapFailed: 5, .fourWorkers: 20]
    case .locks: [.lockContended: 4, .tryLockSucceeded: 4, .tryLockFailed: 5, .deadlock: 5]
    case .conditions: [.signalWoke: 20, .signalWokeNobody: 4, .deadlock: 4, .lockContended: 20]
    case .semaphores: [.semaphoreWaited: 3, .deadlock: 4, .fourWorkers: 20]
    case .everything: [.tryLockFailed: 15, .semaphoreWaited: 10, .deadlock: 5]
    case .swaps:
      [
        .swapSucceeded: 4, .swapFailed: 8, .lockContended: 8, .tryLockFailed: 8, .fourWorkers: 20,
      ]
    case .waiters:
      [
        .signalWoke: 2, .signalChose: 3, .signalChoseTimed: 8, .broadcastWokeSeveral: 5,
        .signalWokeNobody: 2, .fourWorkers: 10, .deadlock: 2,
      ]
    case .families:
      [
        .nestedSpawn: 2, .lateSpawn: 2, .nestedJoin: 2, .earlyJoin: 3, .fourWorkers: 4,
        .tryLockFailed: 20,
      ]
    case .spins: [.awaited: 8, .awaitedOneOfTwo: 8, .deadlock: 3, .swapFailed: 40]
    case .readers:
      [
        .sharedTogether: 3, .exclusiveAfterShared: 6, .trySharedFailed: 25, .tryLockFailed: 4,
        .deadlock: 5,
      ]
    case .timeouts:
      [.timedWaitWoken: 50, .timedOut: 12, .tryWaitSucceeded: 8, .tryWaitFailed: 6, .clockRead: 10]
    case .barriers: [.barrierOpened: 4, .deadlock: 3]
    case .polls: [.awaitedOneOfTwo: 6, .sharedTogether: 20, .tryLockFailed: 20, .deadlock: 3]
    case .orders: [.atomicOrders: 2, .fences: 3, .swapFailed: 20]
    }
  }

  @Test(arguments: Generator.Flavour.allCases)
  func `Generated programs are explored as brute force does, each class once`(
    flavour: Generator.Flavour
  ) {
    var compared = 0
    var classes = 0
    var features: [Feature: Int] = [:]
    for seed in 0..<Self.programs {
      var generator = Generator(seed: UInt64(Self.seed + flavour.rawValue * 100_000 + seed))
      let program = generator.program(flavour)
      let comparison = Explored.compare(program)
      compared += comparison.classes > 0 ? 1 : 0
      classes += comparison.classes
      for feature in comparison.features { features[feature, default: 0] += 1 }
      guard let complaint = comparison.complaint else { continue }
      let smallest = program.shrunk { Explored.compare($0).complaint != nil }
      Issue.record(
        """
        \(flavour) \(seed): \(complaint); smallest: \(smallest.threads), \
        \(smallest.semaphores): \(Explored.compare(smallest).complaint ?? "")
        """)
      return
    }
    #expect(compared * 100 >= Self.programs * 98)
    #expect(classes > Self.programs * 3)
    for (feature, share) in Self.required(of: flavour) {
      #expect(features[feature, default: 0] * share >= Self.programs, "\(feature)")
    }
  }
}
