import ExploredPrograms
import Foundation
import Lockstep
import Testing

/// What tasks can do, in every schedule: outcomes are equal to lists that were written by hand.
@Suite struct `Tasks in every schedule` {
  struct Program: Sendable, CustomTestStringConvertible {
    var name: String
    var outcomes: Set<String>
    var body: @Sendable () async -> String

    init(_ name: String, _ outcomes: Set<String>, _ body: @escaping @Sendable () async -> String) {
      self.name = name
      self.outcomes = outcomes
      self.body = body
    }

    var testDescription: String { name }
  }

  static let programs = [
    Program("async let", ["ab3", "ba3"], asyncLets),
    Program("yield", ["abx", "axb", "xab"], yielding),
    Program("a group whose first error cancels the rest", ["cancelled thrown", "ran thrown"]) {
      await groupThatThrows()
    },
    Program("a discarding group", ["ab", "ba"], discardingGroup),
    Program("cancellation", ["cancelled", "in time"], cancellation),
    Program("a cancellation handler", ["w", "cw", "wc"], cancellationHandler),
    Program("a cancelled wait of less priority", ["ended"], cancelledWaiter),
    Program("task locals", ["1 0 2"], taskLocals),
    Program("a continuation", ["rsv", "srv"], continuation),
    Program("a continuation that either may resume", ["1", "2"]) { "\(await resumedByOne())" },
    Program("continuations in turn", ["333"]) { "\(await continuationsInTurn())" },
    Program("a continuation that a thread resumes", ["7"]) { "\(await continuationOfThread())" },
    Program("a stream that keeps the newest", ["a", "b"], boundedStream),
    Program("a timeout of an hour", ["late", "in time"], timeout),
    Program("two sleeps", ["12", "21"], sleepers),
    Program("the main actor", ["ab", "ba"], mainActor),
    Program("a global actor", ["2"]) { "\(await globalActor())" },
    Program("an executor of one's own", ["12", "21"]) { "\(await customExecutor())" },
  ]

  @Test(arguments: programs)
  func `have the outcomes that they can have, and no other`(program: Program) throws {
    let exploration = try exploredTask(budget: .seconds(240)) { await program.body() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.isComplete)
    #expect(Set(exploration.outcomes.keys) == program.outcomes, "\(exploration)")
  }

  /// They are too many schedules to go through here; those with one preemption show all outcomes.
  @Test func `a stream of two producers gives what they give, in either order`() throws {
    let exploration = try exploredTask(.exhaustive(preemptions: 1)) { await streamOfTwo() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == ["ab", "ba"])
  }

  @Test func `four first jobs come in all 24 orders`() throws {
    let exploration = try exploredTask(budget: .seconds(60)) { await fourTasks() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    let orders = exploration.outcomes.keys
    #expect(orders.count == 24)
    #expect(orders.allSatisfy { $0.sorted() == ["a", "b", "c", "d"] })
  }
}

/// What goes wrong between tasks, and that its schedule shows it again.
@Suite struct `Findings of tasks` {
  private func finding<Outcome: Hashable & Sendable>(
    _ body: @escaping @Sendable () async -> Outcome
  ) throws -> ExplorationReport.Finding {
    let exploration = try exploredTask(named: "finding", body)
    #expect(exploration.verdict == .fail, "\(exploration)")
    let finding = try #require(exploration.findings.first)
    for _ in 1...20 {
      let again = try exploredTask(.replay(finding.schedule), named: "finding", body)
      #expect(again.findings.first?.text == finding.text)
    }
    return finding
  }

  @Test func `an update that tasks lose`() throws {
    let finding = try finding { await racingTasks() }
    #expect(finding.kind == "lostUpdate")
    #expect(finding.summary.contains("racingTasks #1 and racingTasks #2 both read Unguarded.count"))
  }

  @Test func `a thread of the pool that waits for another task`() throws {
    let finding = try finding { await semaphoreInTask() }
    #expect(finding.kind == "starvation")
    #expect(finding.summary.contains("blocks a thread of the pool on semaphore"), "\(finding.text)")
  }

  /// Somebody who is not controlled may resume a task: then it is not told from one that nobody does.
  @Test func `a task that is resumed from outside is no finding, and no pass`() throws {
    Outside.start()
    defer { Outside.stop() }
    let exploration = try exploredTask { await Outside.wait() }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.reasons.contains(.uncontrolled))
    #expect("\(exploration)".contains("something outside the exploration resumes"))
  }

  @Test func `reentrancy among more tasks than are looked at is no pass`() throws {
    let few = try exploredTask(.exhaustive(preemptions: 0)) { await manyTasks(3) }
    #expect(!few.reasons.contains(.uncontrolled), "\(few)")
    let many = try exploredTask(.random(seed: 1), budget: .milliseconds(300)) {
      await manyTasks(70)
    }
    #expect(many.verdict == .inconclusive)
    #expect(many.reasons.contains(.uncontrolled), "\(many)")
    #expect("\(many)".contains("actor reentrancy among more than 64 tasks"), "\(many)")
  }

  @Test func `a continuation that nobody resumes`() throws {
    let finding = try finding { await neverResumed() }
    #expect(finding.kind == "neverResumed")
    #expect(finding.summary.contains("main waits at Continuations.swift"), "\(finding.summary)")
  }

  @Test func `a continuation that one task resumes twice`() throws {
    let finding = try finding { await resumedAgain() }
    #expect(finding.kind == "resumedTwice")
    let (first, second) = (line(of: "returning: 1)"), line(of: "returning: 2)"))
    #expect(
      finding.summary
        == "Continuation resumed twice: resumedAgain resumed it at Continuations.swift:\(first), and again "
        + "at Continuations.swift:\(second)")
  }

  @Test func `a continuation that each of two tasks resumes`() throws {
    let exploration = try exploredTask { await resumedByBoth() }
    #expect(exploration.findings.first?.kind == "resumedTwice", "\(exploration)")
    // Executions in which nothing goes wrong are explored, too.
    #expect(Set(exploration.outcomes.keys) == [1, 2], "\(exploration)")
    let finding = try finding { await resumedByBoth() }
    let line = line(of: "resume(returning: value)")
    #expect(
      finding.summary.contains("resumed it at Continuations.swift:\(line), and"), "\(finding.text)")
    #expect(finding.summary.contains("again at Continuations.swift:\(line)"), "\(finding.text)")
    #expect(finding.preemptions == 1)
  }

  /// Line of the first such text among the programs with continuations.
  private func line(of text: String) -> Int {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../ExploredPrograms/Tasks/Continuations.swift")
    let lines = (try? String(contentsOf: source, encoding: .utf8))?
      .split(separator: "\n", omittingEmptySubsequences: false)
    return (lines?.firstIndex { $0.contains(text) } ?? -2) + 1
  }
}
