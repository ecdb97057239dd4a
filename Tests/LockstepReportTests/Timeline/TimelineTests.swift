import LockstepReport
import Testing

struct `A timeline` {
  private func text(
    of finding: FindingReport, standings: [ThreadStanding]? = nil, notes: [String] = [],
    style: TextStyle = .plain
  ) -> String {
    Timeline(
      finding, standings: standings, notes: notes,
      replay: "LOCKSTEP_REPLAY=\(finding.schedule) swift test --filter transfers"
    ).text(style: style, sourceLine: Findings.sourceLine)
  }

  private func expect(_ text: String, golden name: String) throws {
    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    try expectGolden(text, name)
  }

  @Test func `shows a lost update of two threads`() throws {
    let text = text(of: Findings.lostUpdate(), notes: ["explored the debug build"])
    try expect(text, golden: "lost-update.txt")
  }

  @Test func `has colours only when asked`() throws {
    let text = text(of: Findings.lostUpdate(), style: .ansi)
    try expectGolden(text, "lost-update-ansi.txt")
    #expect(!self.text(of: Findings.lostUpdate()).contains("\u{1B}"))
  }

  @Test func `shows a deadlock of two locks`() throws {
    try expect(text(of: Findings.deadlock), golden: "deadlock.txt")
  }

  @Test func `shows both sides of a data race with their calls, and what is missing`() throws {
    try expect(text(of: Findings.dataRace), golden: "data-race.txt")
  }

  /// In a table of one thread's one step.
  @Test(arguments: [
    ("lockShared", "share Bank.lock"), ("tryLockShared", "try to share Bank.lock → true"),
    ("tryLockSharedFailed", "try to share Bank.lock → false"),
    ("unlockShared", "unshare Bank.lock"), ("semaphoreTryWait", "try Bank.lock → true"),
    ("semaphoreTryWaitFailed", "try Bank.lock → false"), ("waitEnd", "woken from Bank.lock"),
    ("waitTimedOut", "give up Bank.lock"), ("semaphoreRead", "look at Bank.lock"),
    ("arrive", "arrive at Bank.lock"), ("sleep", "sleep"), ("readClock", "read the clock"),
  ]) func `has a verb for each kind of step`(kind: String, verb: String) {
    let event = ReportedEvent(step: 1, thread: 1, kind: kind, object: "Bank.lock")
    let finding = FindingReport(
      kind: "deadlock", summary: "A deadlock", schedule: "L1-x", preemptions: 0, atExecution: 1,
      threads: ["main", "one"], events: [event], waits: nil, accesses: nil)
    let rows = text(of: finding).split(separator: "\n")
    #expect(rows.contains { $0.hasSuffix("│ \(verb)") }, "\(rows)")
  }

  @Test func `shows two locks in opposite order`() throws {
    try expect(text(of: Findings.lockOrder), golden: "lock-order.txt")
  }

  @Test func `shows two critical sections that should have been one`() throws {
    try expect(text(of: Findings.staleRead), golden: "stale-read.txt")
  }

  @Test func `shows a lock left behind by a thrown error`() throws {
    let standings = [
      ThreadStanding(
        thread: 1, holds: [.init("bank.lock", at: Findings.place(20))],
        ending: "threw UnknownAccount at Bank.swift:23 and ended"),
      ThreadStanding(thread: 2, waitsFor: .init("bank.lock", at: Findings.place(20))),
    ]
    let notes = ["not controlled: 'clock_gettime', which the bank reads four times in a transfer"]
    try expect(
      text(of: Findings.leakedLock, standings: standings, notes: notes),
      golden: "leaked-lock.txt")
  }

  @Test func `has a column for each of three threads`() throws {
    try expect(text(of: Findings.crowd(3)), golden: "three-threads.txt")
  }

  @Test func `has a lane for each of eight threads`() throws {
    try expect(text(of: Findings.crowd(8)), golden: "eight-threads.txt")
  }

  @Test func `cuts long names`() throws {
    let object = "AnUnusuallyLongName.ofAPropertyThatHoldsAnother.propertyOfTheSameKind"
    let threads = ["main", "a thread whose name is a sentence", "another one, and longer than it"]
    let two = Findings.lostUpdate(threads: threads, object: object)
    try expect(text(of: two), golden: "long-names.txt")
    let many = Findings.crowd(20, object: object)
    try expect(text(of: many), golden: "long-names-many-threads.txt")
  }

  @Test(arguments: 1...64) func `stays within its width`(count: Int) {
    for width in [60, 80, 100] {
      var timeline = Timeline(Findings.crowd(count))
      timeline.width = width
      let text = timeline.text(sourceLine: Findings.sourceLine)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    }
  }

  @Test func `shows what is printed in parts once`() {
    let parts = (1...5).map { Findings.event($0, 0, "output", nil, "standard error", line: 7) }
    let finding = FindingReport(
      kind: "crash", summary: "Crash", schedule: "t", threads: ["main"],
      events: parts + [Findings.event(6, 0, "crash", line: 7)])
    let text = Timeline(finding).text()
    #expect(text.split(separator: "print standard error").count == 2, "\(text)")
    #expect(text.contains("⋯ 4 steps"), "\(text)")
  }

  @Test func `without events has no table`() {
    let finding = FindingReport(
      kind: "stepLimit", summary: Summary.stepLimit(9), schedule: "t", threads: [], events: [])
    #expect(Timeline(finding).text() == finding.summary + "\n")
  }
}
