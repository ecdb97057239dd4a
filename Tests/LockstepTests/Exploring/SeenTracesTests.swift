import CLockstepRuntime
import CorpusPrograms
import ExploredPrograms
import LockstepEngine
import Testing

@testable import LockstepExploration

/// Executions at random that are counted and not looked at, since one like them was.
@Suite struct `Executions that are alike` {
  /// What an execution shows, wherever in it.
  private struct Showing: Hashable {
    var kind: Finding.Kind
    var object: ObjectID?
    var places: [UInt64]
    var locks: [ObjectID]

    init(_ finding: Finding, in execution: Execution) {
      kind = finding.kind
      object = finding.object
      // Of several reads that race with one write, the latest is told, and they may come in any order;
      // where the write comes first, each of them tells of itself.
      places =
        kind == .dataRace
        ? [] : finding.steps.map { execution.trace[$0].programCounter }.sorted()
      locks = finding.locks
    }
  }

  /// What somebody who has seen no other execution finds in this one.
  private func showings(of execution: Execution) -> Set<Showing> {
    var analysis = Analysis()
    var lockOrder = LockOrder()
    var staleReads = StaleReads()
    var reentrancy = Reentrancy()
    var taskBlocking = TaskBlocking()
    var waitWithoutLoop = WaitWithoutLoop()
    var findings = analysis.findings(in: execution)
    findings += lockOrder.record(execution)
    findings += staleReads.record(execution).map(\.finding)
    findings += reentrancy.record(execution).map(\.finding)
    findings += taskBlocking.record(execution)
    findings += waitWithoutLoop.record(execution)
    if let leaked = Finding.leakedTasks(in: execution) { findings.append(leaked) }
    return Set(findings.map { Showing($0, in: execution) })
  }

  /// How many executions there were, how many numbers, and how many different sets of findings.
  private struct Count {
    var executions = 0
    var numbers = 0
    var showings = 0
  }

  /// Runs a body at random, and expects that what has one number shows one thing.
  private func count(_ body: any ExploredBody, named name: String) throws -> Count {
    let native = try NativeExploration(mode: NativeExploration.mode)
    let runner = BodyRunner(body)
    var execution = Execution(ending: .completed, trace: [])
    var shown: [UInt64: Set<Showing>] = [:]
    var count = Count()
    for seed in 1...400 as ClosedRange<UInt64> {
      let plan = NativePlan(plan: Plan(continuation: .random(seed: seed)), stepLimit: 20_000)
      let ending = native.run(plan, runner)
      native.read(ending, into: &execution)
      let number = lks_traceHash(native.handle)
      let isWarmUp = native.isWarmUp
      _ = body.collect(counting: true)
      native.finish()
      if isWarmUp {
        shown = [:]
        continue
      }
      count.executions += 1
      let showings = showings(of: execution)
      if let former = shown[number] {
        #expect(former == showings, "\(name), seed \(seed)")
      } else {
        shown[number] = showings
      }
    }
    count.numbers = shown.count
    count.showings = Set(shown.values).count
    return count
  }

  @Test func `show the same, in generated programs`() throws {
    var different = 0
    var (executions, numbers) = (0, 0)
    for (index, program) in programs(batch: 0, count: 30).enumerated() {
      let count = try count(ClosureBody { program.run() }, named: "generated \(index)")
      executions += count.executions
      numbers += count.numbers
      if count.showings > 1 { different += 1 }
    }
    #expect(different >= 10)
    #expect(numbers < executions / 2)
  }

  @Test(
    arguments: [
      ("reentrancy", true), ("tasks", true), ("buffer", true), ("relay", true), ("wake-up", true),
      ("single-check", true), ("cache", true), ("shared", true), ("timeout", true), ("bank", true),
      ("continuation", false), ("blocked-pool", false), ("held-lock", false),
      ("leaked-task", false),
    ])
  func `show the same, in programs of the corpus`(name: String, differs: Bool) throws {
    let program = try #require(CorpusProgram.all.first { $0.name == name })
    let count: Count
    switch program.body {
    case .threads(let run):
      count = try self.count(ClosureBody { run(program.defaults) }, named: name)
    case .tasks(let run):
      count = try self.count(TaskBody { await run([]) }, named: name)
    }
    #expect(count.numbers < count.executions)
    #expect(count.showings > 1 || !differs)
  }
}
