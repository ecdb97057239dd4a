import LockstepEngine
import LockstepReport
import Testing

struct `A finding of the engine` {
  private let threads = ["main", "inc #1", "inc #2"]

  private func event(
    _ thread: UInt8, _ kind: Event.Kind, _ object: UInt64 = 1, enabled: UInt64 = 0b110
  ) -> Event {
    Event(
      thread: ThreadID(thread), kind: kind, object: ObjectID(object),
      enabled: ThreadSet(rawValue: enabled))
  }

  private func report(
    _ finding: Finding, _ trace: [Event], blocked: [Execution.Blocked] = [], message: String = ""
  ) -> FindingReport {
    let names = ["", "total", "x", "y"]
    let descriptions = FindingDescriptions(
      event: { event in
        EventDescription(
          object: event.kind == .throwError
            ? "UnknownAccount" : names[Int(event.object.rawValue)],
          value: event.kind == .read ? "0" : nil,
          location: .init(file: "/src/Bank.swift", line: 10 + Int(event.object.rawValue)))
      },
      blocked: { blocked in
        EventDescription(
          object: names[Int(blocked.object.rawValue)],
          location: .init(file: "/src/Bank.swift", line: 20 + Int(blocked.object.rawValue)))
      }, message: message)
    return FindingReport(
      finding, in: Execution(ending: .completed, trace: trace, blocked: blocked),
      threads: threads, schedule: "t", preemptions: 1, atExecution: 2,
      descriptions: descriptions)
  }

  private func wait(_ thread: UInt8, _ object: UInt64, _ holder: UInt8, _ at: Int) -> Finding.Wait {
    Finding.Wait(
      blocked: .init(thread: ThreadID(thread), kind: .lock, object: ObjectID(object)),
      holder: ThreadID(holder), acquisition: at)
  }

  @Test func `that both threads read first is told as such`() {
    let trace = [
      event(1, .read), event(2, .read), event(2, .write), event(2, .exit),
      event(1, .write, enabled: 0b10),
    ]
    let report = report(Finding(kind: .lostUpdate, object: ObjectID(1), steps: [0, 2, 4]), trace)
    #expect(report.kind == "lostUpdate")
    #expect(
      report.summary
        == "Lost update: inc #1 and inc #2 both read total = 0 before either wrote it back")
    #expect(report.events.map(\.step) == [1, 2, 3, 4])
    #expect(report.events.map(\.why) == [nil, "preempted", nil, "ended"])
    #expect(report.waits == nil)
  }

  @Test func `whose write came without a read is told as overwritten`() {
    let trace = [event(1, .read), event(2, .write), event(1, .write)]
    let report = report(Finding(kind: .lostUpdate, object: ObjectID(1), steps: [0, 1, 2]), trace)
    #expect(
      report.summary
        == "Lost update: inc #1 wrote total from what it read before inc #2 wrote it")
  }

  @Test func `about a deadlock shows who waits`() {
    let trace = [event(1, .lock, 2), event(2, .lock, 3)]
    let finding = Finding(kind: .deadlock, waits: [wait(1, 3, 2, 1), wait(2, 2, 1, 0)])
    let report = report(finding, trace)
    #expect(
      report.summary
        == "Deadlock: inc #1 holds x since Bank.swift:12 and waits for y at Bank.swift:23; "
        + "inc #2 holds y since Bank.swift:13 and waits for x at Bank.swift:22")
    #expect(report.events.map(\.kind) == ["lock", "lock", "waitsFor", "waitsFor"])
    #expect(report.events.map(\.why) == [nil, "preempted", "blocked", "blocked"])
    #expect(report.waits?.map(\.heldSinceLine) == [13, 12])
    #expect(report.waits?.map(\.waitsAtLine) == [23, 22])
  }

  @Test func `about a leaked lock names the error`() {
    let trace = [event(1, .lock, 2), event(1, .throwError), event(1, .exit)]
    let finding = Finding(
      kind: .leakedLock, object: ObjectID(2), steps: [0], waits: [wait(2, 2, 1, 0)], thrown: 1)
    let report = report(finding, trace)
    #expect(
      report.summary
        == "Leaked lock: inc #1 took x at Bank.swift:12, threw UnknownAccount at Bank.swift:11 "
        + "and ended without releasing it; inc #2 waits for it at Bank.swift:22")
    #expect(report.events.map(\.why) == [nil, nil, "ended"])
  }

  @Test(arguments: Finding.Kind.allCases)
  func `of every kind has a sentence, even without steps`(kind: Finding.Kind) {
    #expect(!report(Finding(kind: kind), [], message: "what was said").summary.isEmpty)
    let trace = [event(1, .read), event(2, .write)]
    let full = report(Finding(kind: kind, steps: [0, 1]), trace, message: "what was said")
    #expect(!full.summary.isEmpty)
    #expect(!full.summary.contains("?"))
  }
}
