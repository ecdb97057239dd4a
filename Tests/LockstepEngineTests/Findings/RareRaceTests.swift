import LockstepEngine
import Testing

/// A data race that one class in a thousand has.
@Suite struct `A rare data race` {
  /// A thread writes data and then counts to ten; another looks at the counter four times, and
  /// reads the data if it saw just these numbers.
  ///
  /// The counter orders nothing. Orders of four loads among ten additions: 14 choose 4, or 1,001,
  /// and one of them has the read.
  private static let program: Program = {
    let seen = [2, 3, 3, 7]
    let load = Program.Instruction.atomicLoad(0, .relaxed)
    var looking: [Program.Instruction] = []
    for (index, number) in seen.enumerated() {
      // Whoever saw another number goes on to the rest of the loads at the end.
      let left = seen.count - 1 - index
      looking += [load, .skip(2 * left + 2 + index, unless: number...number)]
    }
    let never = -1 ... -1
    looking += [.peek(2), .skip(seen.count - 1, unless: never)]
    looking += Array(repeating: load, count: seen.count - 1)
    return Program(forkJoin: [
      [.store(2, 1)] + Array(repeating: .atomicAdd(0, .relaxed), count: 10), looking,
    ])
  }()

  @Test func `is found, and its token replays it`() throws {
    var strategy = Exhaustive()
    var analysis = Analysis()
    var racy: [Execution] = []
    while let plan = strategy.next() {
      let execution = Machine.run(Self.program, plan).execution
      strategy.record(execution)
      if !analysis.findings(in: execution).isEmpty { racy.append(execution) }
    }
    #expect(strategy.executions == 1_001)
    #expect(strategy.redundant == 0)
    #expect(racy.count == 1)
    let execution = try #require(racy.first)
    let finding = try #require(analysis.findings(in: execution).first)
    #expect(finding.kind == .dataRace)
    #expect(finding.object == Machine.cell(2))
    #expect(finding.steps.map { execution.trace[$0].kind } == [.write, .read])

    let token = Schedule(of: execution, build: 1, test: 2).token
    var replay = Replay(try Schedule(token: token, build: 1, test: 2))
    var last: Execution?
    while let plan = replay.next() {
      let execution = Machine.run(Self.program, plan).execution
      replay.record(execution)
      last = execution
    }
    #expect(replay.result == .identical)
    let replayed = try #require(last)
    // Nothing sleeps in a replay.
    let expected = execution.trace.map { event in
      var event = event
      event.sleeping = .none
      return event
    }
    #expect(replayed.trace == expected)
    #expect(analysis.findings(in: replayed) == [finding])
  }
}
