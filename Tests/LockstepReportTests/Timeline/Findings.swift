import LockstepReport

/// Findings written by hand, which the golden timelines print.
enum Findings {
  typealias Location = LockstepReport.SourceLocation

  static func place(_ line: Int, _ file: String = "/src/Bank.swift") -> Location {
    Location(file: file, line: line, column: 5)
  }

  static let lines = [
    7: "total += i", 12: "accounts.x.lock()", 13: "accounts.y.lock()", 17: "accounts.y.lock()",
    18: "accounts.x.lock()", 20: "lock.lock()",
    23: "throw UnknownAccount(name)  // there is no account of that name, so nothing was moved",
    31: "guard lock.withLock({ balance >= amount }) else { return }",
    34: "lock.withLock { balance -= amount }",
  ]

  static func sourceLine(_ location: Location) -> String? { lines[location.line] }

  static func event(
    _ step: Int, _ thread: Int, _ kind: String, _ object: String? = nil, _ value: String? = nil,
    line: Int? = nil, why: String? = nil
  ) -> ReportedEvent {
    ReportedEvent(
      step: step, thread: thread, kind: kind, object: object, value: value,
      at: line.map { place($0) }, function: "inc(_:)", why: why)
  }

  static func lostUpdate(
    threads: [String] = ["main", "inc #1", "inc #2"], object: String = "Counter.total"
  ) -> FindingReport {
    FindingReport(
      kind: "lostUpdate",
      summary: Summary.lostUpdate(
        threads: Array(threads.dropFirst()), object: object, value: "0"),
      schedule: "1f.2.e3", preemptions: 1, atExecution: 2, threads: threads,
      events: [
        event(1, 1, "read", object, "0", line: 7),
        event(2, 2, "read", object, "0", line: 7, why: "preempted"),
        event(3, 2, "write", object, "1", line: 7),
        event(7, 1, "write", object, "1", line: 7, why: "ended"),
      ])
  }

  static let deadlock = FindingReport(
    kind: "deadlock",
    summary: Summary.deadlock([
      ("A", .init("accounts.x", at: place(12)), .init("accounts.y", at: place(13))),
      ("B", .init("accounts.y", at: place(17)), .init("accounts.x", at: place(18))),
    ]),
    schedule: "1f.2.e3", preemptions: 1, atExecution: 2, threads: ["main", "A", "B"],
    events: [
      event(1, 1, "lock", "accounts.x", line: 12),
      event(2, 2, "lock", "accounts.y", line: 17, why: "preempted"),
      event(2, 2, "waitsFor", "accounts.x", line: 18),
      event(2, 1, "waitsFor", "accounts.y", line: 13, why: "blocked"),
    ],
    waits: [
      .init(
        thread: 1, waitsFor: "accounts.y", heldBy: 2, heldSince: place(17), waitsAt: place(13)),
      .init(
        thread: 2, waitsFor: "accounts.x", heldBy: 1, heldSince: place(12), waitsAt: place(18)),
    ])

  static let lockOrder = FindingReport(
    kind: "lockOrder",
    summary: Summary.lockOrder([
      ("A", .init("accounts.x", at: place(12)), .init("accounts.y", at: place(13))),
      ("B", .init("accounts.y", at: place(17)), .init("accounts.x", at: place(18))),
    ]),
    schedule: "1f", preemptions: 0, atExecution: 1, threads: ["main", "A", "B"],
    events: [
      event(1, 1, "lock", "accounts.x", line: 12),
      event(2, 1, "lock", "accounts.y", line: 13),
      event(6, 2, "lock", "accounts.y", line: 17, why: "ended"),
      event(7, 2, "lock", "accounts.x", line: 18),
    ])

  static let staleRead = FindingReport(
    kind: "atomicity",
    summary: Summary.staleRead(
      thread: "withdraw #1", object: "Account.balance", lock: "Account.lock", read: place(31),
      write: place(34), writer: "withdraw #2"),
    schedule: "1f.2.e3", preemptions: 1, atExecution: 2,
    threads: ["main", "withdraw #1", "withdraw #2"],
    events: [
      event(1, 1, "lock", "Account.lock", line: 31),
      event(2, 1, "read", "Account.balance", "10", line: 31),
      event(3, 1, "unlock", "Account.lock", line: 31),
      event(9, 2, "write", "Account.balance", "0", line: 34, why: "preempted"),
      event(11, 1, "lock", "Account.lock", line: 34, why: "ended"),
      event(12, 1, "read", "Account.balance", "0", line: 34),
      event(13, 1, "write", "Account.balance", "-10", line: 34),
    ])

  static let dataRace = FindingReport(
    kind: "dataRace",
    summary: Summary.dataRace(("A", "writes"), ("B", "reads"), object: "Box.value"),
    schedule: "1f", preemptions: 0, atExecution: 1, threads: ["main", "A", "B"],
    events: [
      event(1, 1, "write", "Box.value", "7", line: 12),
      event(2, 2, "read", "Box.value", "7", line: 17, why: "ended"),
    ],
    accesses: [
      RacingAccess(
        thread: 1, kind: "write", value: "7",
        frames: [
          SourceFrame(location: place(12), function: "Box.fill(_:)", isUserCode: true),
          SourceFrame(location: place(30), function: "closure #1 in run()", isUserCode: true),
        ]),
      RacingAccess(
        thread: 2, kind: "read", value: "7",
        frames: [SourceFrame(location: place(17), function: "Box.empty()", isUserCode: true)]),
    ])

  static let leakedLock = FindingReport(
    kind: "leakedLock",
    summary: Summary.leakedLock(
      thread: "transfer #1", lock: .init("bank.lock", at: place(20)),
      error: .init("UnknownAccount", at: place(23)),
      waiters: [("transfer #2", place(20))]),
    schedule: "1f", preemptions: 0, atExecution: 1,
    threads: ["main", "transfer #1", "transfer #2"],
    events: [
      event(4, 1, "lock", "bank.lock", line: 20),
      event(4, 1, "throwError", "UnknownAccount", line: 23),
      event(4, 1, "exit"),
      event(4, 2, "waitsFor", "bank.lock", line: 20, why: "ended"),
    ],
    waits: [
      .init(
        thread: 2, waitsFor: "bank.lock", heldBy: 1, heldSince: place(20), waitsAt: place(20))
    ])

  /// Each thread reads, then each writes.
  static func crowd(_ count: Int, object: String = "Counter.total") -> FindingReport {
    let threads = ["main"] + (1...count).map { "inc #\($0)" }
    let reads = (1...count).map {
      event($0, $0, "read", object, "0", line: 7, why: $0 == 1 ? nil : "preempted")
    }
    let writes = (1...count).map {
      event(count + 3 * $0, $0, "write", object, "1", line: 7, why: "ended")
    }
    return FindingReport(
      kind: "lostUpdate",
      summary: Summary.lostUpdate(
        threads: Array(threads.dropFirst()), object: object, value: "0"),
      schedule: "1f.2.e3", preemptions: count - 1, atExecution: 2, threads: threads,
      events: reads + writes)
  }
}
