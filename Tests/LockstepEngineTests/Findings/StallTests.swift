import LockstepEngine
import Testing

@Suite struct `An execution with threads left` {
  private func findings(
    _ trace: TraceBuilder, _ blocked: [Execution.Blocked]
  ) -> (findings: [Finding], idle: [Execution.Blocked]) {
    var analysis = Analysis()
    let findings = analysis.findings(
      in: Execution(ending: .deadlocked, trace: trace.events, blocked: blocked))
    return (findings, analysis.idle)
  }

  private func waiting(_ thread: UInt8, _ kind: Event.Kind, _ object: ObjectID) -> Execution.Blocked
  {
    Execution.Blocked(thread: ThreadID(thread), kind: kind, object: object)
  }

  private var joining: Execution.Blocked {
    waiting(0, .join, ObjectID(thread: ThreadID(1)))
  }

  @Test func `that hold each other's locks is a deadlock, with its cycle first`() {
    let trace = TraceBuilder {
      $0.add(1, .lock, Machine.lock(0))
      $0.add(2, .lock, Machine.lock(1))
    }
    let result = findings(
      trace, [joining, waiting(1, .lock, Machine.lock(1)), waiting(2, .lock, Machine.lock(0))])
    #expect(result.findings.map(\.kind) == [.deadlock])
    let finding = result.findings.first
    #expect(finding?.waits.map(\.blocked.thread) == [ThreadID(1), ThreadID(2), ThreadID(0)])
    #expect(finding?.waits.map(\.holder) == [ThreadID(2), ThreadID(1), ThreadID(1)])
    #expect(finding?.waits.map(\.acquisition) == [3, 2, nil])
    #expect(finding?.steps == [2, 3])
    #expect(finding?.object == Machine.lock(1))
  }

  @Test func `waiting for a lock whose holder ended is a leaked lock`() {
    let trace = TraceBuilder {
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .throwError)
      $0.add(1, .exit)
    }
    let result = findings(trace, [waiting(2, .lock, Machine.lock(0))])
    #expect(result.findings.map(\.kind) == [.leakedLock])
    #expect(result.findings.first?.thrown == 3)
    #expect(result.findings.first?.steps == [2, 3])
    #expect(result.findings.first?.waits.first?.holder == ThreadID(1))
    #expect(result.findings.first?.waits.first?.acquisition == 2)
  }

  @Test func `waiting for a lock left by an error, by the very thread that left it`() {
    let trace = TraceBuilder {
      $0.add(1, .throwError)
      $0.add(1, .lock, Machine.lock(0))
      $0.add(1, .throwError)
    }
    let result = findings(
      trace, [joining, waiting(1, .lock, Machine.lock(0)), waiting(2, .lock, Machine.lock(0))])
    #expect(result.findings.map(\.kind) == [.leakedLock])
    #expect(result.findings.first?.thrown == 4)
    #expect(result.findings.first?.waits.count == 3)
  }

  @Test func `of which one threw before it took the lock is a deadlock`() {
    let trace = TraceBuilder {
      $0.add(1, .throwError)
      $0.add(1, .lock, Machine.lock(0))
    }
    let result = findings(
      trace,
      [waiting(1, .semaphoreWait, Machine.semaphore(0)), waiting(2, .lock, Machine.lock(0))])
    #expect(result.findings.map(\.kind) == [.deadlock])
  }

  @Test func `that wait for a signal when thread 0 has ended is idle workers, and no finding`() {
    let blocked = [
      waiting(1, .wait, Machine.condition(0)), waiting(2, .semaphoreWait, Machine.semaphore(0)),
    ]
    let ended = TraceBuilder { $0.add(0, .exit) }
    let result = findings(ended, blocked)
    #expect(result.findings == [])
    #expect(result.idle == blocked)
    let joined = TraceBuilder { _ in }
    let other = findings(joined, [joining] + blocked)
    #expect(other.findings.map(\.kind) == [.deadlock])
    #expect(other.idle == [])
  }

  @Test func `that wait for a turn of their own, or of each other, is a deadlock`() {
    func turn(_ thread: UInt8, after holder: UInt8) -> Execution.Blocked {
      Execution.Blocked(
        thread: ThreadID(thread), kind: .awaitCompletion, object: Machine.completion(0),
        other: Machine.library(0), holder: ThreadID(holder))
    }
    let trace = TraceBuilder {
      $0.add(0, .call, Machine.library(0), other: ObjectID(DispatchCall.sync.rawValue))
      $0.add(0, .call, Machine.library(0), other: ObjectID(DispatchCall.sync.rawValue))
    }
    let own = findings(trace, [turn(0, after: 0)]).findings
    #expect(own.map(\.kind) == [.deadlock])
    // It holds the queue since the first of its calls.
    #expect(own.first?.waits.map(\.acquisition) == [2])
    let ended = TraceBuilder { $0.add(0, .exit) }
    let crossed = findings(ended, [turn(1, after: 2), turn(2, after: 1)]).findings
    #expect(crossed.map(\.kind) == [.deadlock])
    // Each has its turn since it was created.
    #expect(crossed.first?.waits.map(\.acquisition) == [1, 0])
  }

  @Test func `that wait for what nobody has to complete, when thread 0 has ended, is none`() {
    let blocked = [waiting(1, .awaitCompletion, Machine.completion(0))]
    let result = findings(TraceBuilder { $0.add(0, .exit) }, blocked)
    #expect(result.findings == [])
    #expect(result.idle == blocked)
    #expect(findings(TraceBuilder { _ in }, blocked).findings.map(\.kind) == [.deadlock])
  }

  @Test func `of the bank is one deadlock among its three ends`() {
    var strategy = Exhaustive()
    var analysis = Analysis()
    var kinds: [Finding.Kind] = []
    while let plan = strategy.next() {
      let (execution, _) = Machine.run(.bank, plan)
      strategy.record(execution)
      kinds += analysis.findings(in: execution).map(\.kind)
    }
    #expect(kinds == [.deadlock])
  }
}
