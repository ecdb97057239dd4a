import LockstepEngine
import Testing

@Suite struct `A schedule` {
  private static func random(_ random: inout SplitMix64) -> Schedule {
    var deviations: [Schedule.Deviation] = []
    var step = 0
    let kinds = Event.Kind.allCases.filter { !$0.isAnnotation }
    for _ in 0..<(random.next() % 12) {
      step += 1 + Int(random.next() % 300)
      deviations.append(
        Schedule.Deviation(
          step: step, thread: ThreadID(UInt8(random.next() % 64)),
          kind: kinds[Int(random.next() % UInt64(kinds.count))],
          objectHash: UInt16(truncatingIfNeeded: random.next())))
    }
    return Schedule(
      deviations: deviations, stepCount: step + 1 + Int(random.next() % 1_000),
      traceHash: random.next(), build: random.next(),
      test: UInt32(truncatingIfNeeded: random.next()))
  }

  @Test func `survives a round trip through its token`() throws {
    var random = SplitMix64(seed: 1)
    for _ in 0..<2_000 {
      let schedule = Self.random(&random)
      let token = schedule.token
      #expect(token.hasPrefix("L1-"))
      #expect(
        try Schedule(token: token, build: schedule.build, test: schedule.test) == schedule)
    }
  }

  @Test func `of few deviations has a token that fits on a line`() {
    let schedule = Schedule(
      deviations: [
        .init(step: 3, thread: ThreadID(1), kind: .write, objectHash: 0xABCD),
        .init(step: 9, thread: ThreadID(2), kind: .lock, objectHash: 0x1234),
      ], stepCount: 22, traceHash: 1, build: 2, test: 3)
    #expect(schedule.token.count <= 60)
  }

  @Test func `is told from one of another test, of another build, of another version`() throws {
    var random = SplitMix64(seed: 2)
    let schedule = Self.random(&random)
    #expect(throws: Schedule.TokenError.foreign) {
      try Schedule(token: schedule.token, build: schedule.build, test: schedule.test &+ 1)
    }
    #expect(throws: Schedule.TokenError.stale) {
      try Schedule(token: schedule.token, build: schedule.build &+ 1, test: schedule.test)
    }
    #expect(throws: Schedule.TokenError.unsupportedVersion(2)) {
      try Schedule.decode("L2-" + schedule.token.dropFirst(3))
    }
    for text in ["", "L", "L1", "L1-"] {
      #expect(throws: Schedule.TokenError.truncated) { try Schedule.decode(text) }
    }
    for text in ["x", "L1x", "hello", "L1-++++", "L1-é", "L-AAAA", "L99999999999999999999-A"] {
      #expect(throws: Schedule.TokenError.corrupt) { try Schedule.decode(text) }
    }
  }

  @Test func `whose token lost its end says so`() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<50 {
      let token = Self.random(&random).token
      for length in 0..<token.count {
        #expect(throws: Schedule.TokenError.truncated) {
          try Schedule.decode(String(token.prefix(length)))
        }
      }
    }
  }

  @Test func `is never read from a token that was changed`() {
    var random = SplitMix64(seed: 4)
    let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ =+é")
    var refused = 0
    for _ in 0..<20_000 {
      let schedule = Self.random(&random)
      var text = Array(schedule.token)
      for _ in 0...(random.next() % 3) {
        let place = Int(random.next() % UInt64(text.count))
        let character = characters[Int(random.next() % UInt64(characters.count))]
        switch random.next() % 4 {
        case 0: text.insert(character, at: place)
        case 1: text.remove(at: place)
        case 2: text.swapAt(place, Int(random.next() % UInt64(text.count)))
        default: text[place] = character
        }
      }
      if String(text) == schedule.token { continue }
      if (try? Schedule.decode(String(text))) == nil { refused += 1 } else { Issue.record("read") }
    }
    #expect(refused > 19_000)
  }

  @Test func `replays as the execution that it was made from`() {
    for seed in 0..<200 {
      var generator = Generator(seed: UInt64(7_000 + seed))
      let program = generator.program(Generator.Flavour.allCases[seed % 5])
      let plan = Plan(continuation: .random(seed: UInt64(seed)))
      let (execution, outcome) = Machine.run(program, plan)
      let schedule = Schedule(of: execution, build: 1, test: 2)
      var replay = Replay(schedule)
      var last: Machine.Outcome?
      while let plan = replay.next() {
        let (execution, outcome) = Machine.run(program, plan)
        replay.record(execution)
        last = outcome
      }
      #expect(replay.result == .identical)
      #expect(last == outcome)
    }
  }

  @Test func `does not replay in another program`() {
    let (execution, _) = Machine.run(.race(2, 3), Plan(continuation: .random(seed: 5)))
    let schedule = Schedule(of: execution, build: 1, test: 2)
    #expect(!schedule.deviations.isEmpty)
    for program in [Program.race(2, 2), .fine(2, 3), .readers(2), .race(2, 4)] {
      var replay = Replay(schedule)
      while let plan = replay.next() { replay.record(Machine.run(program, plan).execution) }
      #expect(replay.result != .identical)
      #expect(replay.result != .unfinished)
    }
  }

  @Test func `of the non-preemptive default has no deviation and no preemption`() {
    let (execution, _) = Machine.run(.race(3, 2), Plan())
    #expect(Schedule(of: execution, build: 0, test: 0).deviations.isEmpty)
    #expect(execution.preemptionCount == 0)
  }

  @Test func `is the same for addresses that differ, and for no others`() {
    func execution(_ object: UInt64) -> Execution {
      Execution(
        ending: .completed,
        trace: [
          Event(thread: ThreadID(0), kind: .read, object: ObjectID(object), value: object),
          Event(
            thread: ThreadID(0), kind: .write, object: ObjectID(object), programCounter: object),
        ])
    }
    #expect(TraceIdentity.hash(of: execution(8)) == TraceIdentity.hash(of: execution(16)))
    #expect(
      TraceIdentity.hash(of: execution(1 << 60 | 8)) != TraceIdentity.hash(of: execution(1 << 60)))
  }

  @Test func `with a thread interrupted twice counts two preemptions, and none after a yield`() {
    func step(_ thread: UInt8, _ enabled: UInt64, _ preferred: UInt8) -> Event {
      Event(
        thread: ThreadID(thread), kind: .read, object: ObjectID(8),
        enabled: ThreadSet(rawValue: enabled), preferred: ThreadID(preferred))
    }
    let twice = [step(0, 3, 0), step(1, 3, 0), step(0, 3, 1), step(1, 2, 1)]
    #expect(Execution(ending: .completed, trace: twice).preemptionCount == 2)
    let pause = Event(thread: ThreadID(0), kind: .yield, object: ObjectID(0))
    let yielded = [step(0, 3, 0), pause, step(1, 3, 1), step(0, 3, 1)]
    #expect(Execution(ending: .completed, trace: yielded).preemptionCount == 1)
  }
}

@Suite struct `A random walk` {
  @Test func `gives the same plans for the same seed`() {
    func plans(_ seed: UInt64) -> [Plan] {
      var walk = RandomWalk(seed: seed, limit: 5)
      var plans: [Plan] = []
      while let plan = walk.next() { plans.append(plan) }
      return plans
    }
    #expect(plans(7) == plans(7))
    #expect(plans(7) != plans(8))
    #expect(plans(7).count == 5)
  }

  @Test func `reaches every total of a race`() {
    var walk = RandomWalk(seed: 1, limit: 2_000)
    var totals: Set<Int> = []
    while let plan = walk.next() {
      let (execution, outcome) = Machine.run(.race(2, 3), plan)
      walk.record(execution)
      totals.insert(outcome.memory[0])
    }
    #expect(totals == [2, 3, 4, 5, 6])
    #expect(walk.executions == 2_000)
  }
}
