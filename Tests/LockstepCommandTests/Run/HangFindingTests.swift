import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `Hangs that are found` {
  /// The hang itself begins within 0.3 seconds of the program's start.
  private func finding(_ words: String...) throws -> RunJSON.Finding {
    let line = (["run", "--json"] + words).map(BuiltCommand.quoted).joined(separator: " ")
    let outcome = try BuiltCommand.shell(
      "SWIFT_BACKTRACE=enable=no $LOCKSTEP \(line)", seconds: 30)
    let units = try JSONDecoder().decode([RunJSON].self, from: Data(outcome.output.utf8))
    let unit = try #require(units.first)
    #expect(units.count == 1)
    #expect(outcome.code == 1)
    #expect(unit.verdict == "fail")
    #expect(unit.seconds < 2.3)
    #expect(unit.findings.count == 1)
    return try #require(unit.findings.first)
  }

  @Test func `three threads in a circle, in C`() throws {
    let finding = try finding(HangProgram.path("cycle.c"))
    #expect(finding.kind == "deadlock")
    #expect(finding.certain)
    let philosophers = finding.threads.filter { $0.name.hasPrefix("philosopher #") }
    #expect(philosophers.count == 3)
    for philosopher in philosophers {
      #expect(philosopher.waitsFor?.object.hasPrefix("mutex 'fork_") == true)
      #expect(philosopher.waitsFor?.place?.text == "eat cycle.c:14")
      #expect(philosopher.holds.map { $0.place?.text } == ["eat cycle.c:12"])
      #expect(philosopher.stack.first?.text == "eat cycle.c:14")
      #expect(finding.summary.contains(philosopher.name))
    }
    #expect(Set(philosophers.compactMap { $0.waitsFor?.object }).count == 3)
    #expect(finding.thread("main")?.state.hasPrefix("waits for the end of philosopher") == true)
  }

  @Test func `three threads in a circle, in Swift`() throws {
    let finding = try finding(HangProgram.path("cycle.swift"))
    #expect(finding.kind == "deadlock")
    #expect(finding.certain)
    let waiting = finding.threads.filter {
      $0.stack.contains { $0.text == "Table.eat(_:) cycle.swift:12" }
    }
    #expect(waiting.count == 3)
    for thread in waiting {
      #expect(thread.holds.map { $0.place?.text } == ["Table.eat(_:) cycle.swift:9"])
      #expect(thread.waitsFor?.place?.text == "Table.eat(_:) cycle.swift:12")
    }
  }

  @Test(arguments: [["-g"], ["-g", "-O2", "-fomit-frame-pointer"]])
  func `a lock that went with the thread that held it`(options: [String]) throws {
    let finding = try finding(HangProgram.path("leak.c", options: options))
    #expect(finding.kind == "leakedLock")
    #expect(finding.certain)
    #expect(
      finding.summary == """
        Leaked lock: toNobody took mutex 'bank' in transfer (leak.c:9) and ended without releasing \
        it; toB #1, toB #2 wait for it
        """)
    let owner = try #require(finding.thread("toNobody"))
    #expect(owner.gone)
    #expect(owner.holds.map(\.object) == ["mutex 'bank'"])
    let waiter = try #require(finding.thread("toB #1"))
    #expect(waiter.stack.prefix(2).map(\.text) == ["transfer leak.c:9", "toB leak.c:22"])
  }

  @Test func `two queues that wait for each other`() throws {
    let finding = try finding(HangProgram.path("queues.swift"))
    #expect(finding.kind == "deadlock")
    #expect(finding.certain)
    #expect(finding.summary.contains("queue 'bank.first'"))
    #expect(finding.summary.contains("queue 'bank.second'"))
    let places = Set(finding.threads.compactMap { $0.waitsFor?.place?.text })
    let module = name(finding)
    #expect(places.contains("closure #1 in \(module) queues.swift:8"))
    #expect(places.contains("closure #2 in \(module) queues.swift:12"))
  }

  /// The module's name, which the compiler takes from the executable.
  private func name(_ finding: RunJSON.Finding) -> String {
    finding.threads.lazy.flatMap(\.stack).compactMap(\.function)
      .first { $0.hasPrefix("closure #1 in ") }?.dropFirst("closure #1 in ".count).description
      ?? "?"
  }

  @Test func `a semaphore that nobody is left to signal, with Dispatch's pool idle`() throws {
    let finding = try finding(HangProgram.path("idle.swift"))
    #expect(finding.kind == "hang")
    #expect(!finding.certain)
    #expect(
      finding.threads.contains { $0.waitsFor?.place?.line == 7 && $0.name.hasPrefix("worker") })
    #expect(finding.thread("main")?.waitsFor?.object == "dispatch group A")
  }

  @Test(
    .enabled(if: Toolchain.locate("python3", path: "/usr/bin") != nil, "needs python3"),
    arguments: ["/usr/bin/python3"])
  func `Python's lock that an exception left behind`(python: String) throws {
    let finding = try finding(python, HangProgram.folder + "/bank.py")
    #expect(finding.kind == "leakedLock")
    #expect(finding.summary.hasPrefix("Leaked lock: "))
    let waiting = finding.threads.filter { $0.stack.first?.text == "transfer bank.py:11" }
    #expect(waiting.count == 2)
    #expect(waiting.allSatisfy { $0.stack.dropFirst().first?.text == "work bank.py:19" })
    let gone = finding.threads.filter(\.gone)
    #expect(gone.count == 1)
    #expect(gone.first?.holds.map { $0.place?.text } == ["transfer bank.py:11"])
    #expect(finding.thread("main")?.stack.last?.text == "<module> bank.py:30")
  }

  @Test(arguments: [
    ("self", "deadlock", true, "main waits for mutex 'mutex', which it holds itself"),
    ("condition", "hang", false, "all 3 threads wait"),
    ("upgrade", "deadlock", true, "waits for read-write lock 'rwlock'"),
    ("writer", "leakedLock", true, "keepWriting took read-write lock 'rwlock' in keepWriting"),
    ("fork", "leakedLock", true, "which was forked; main waits for it"),
    ("semaphore", "leakedLock", false, "keepSemaphore took semaphore 'semaphore'"),
    ("join", "deadlock", true, "main waits for the end of waitForCondition"),
  ])
  func `of other kinds`(name: String, kind: String, isCertain: Bool, words: String) throws {
    let finding = try finding(HangProgram.path("hang.c"), name)
    #expect(finding.kind == kind)
    #expect(finding.certain == isCertain)
    #expect(finding.summary.contains(words))
  }

  @Test func `in a program that a shell script started`() throws {
    let finding = try finding(
      "/bin/sh", "-c", "echo first; \(HangProgram.path("leak.c")); echo last")
    #expect(finding.kind == "leakedLock")
  }

  @Test func `that libdispatch ends the program for`() throws {
    let (unit, outcome) = try HangProgram.unit(HangProgram.path("ownQueue.swift"))
    #expect(outcome.code == 128 + SIGILL)
    #expect(unit.verdict == "fail")
    let finding = try #require(unit.findings.first)
    #expect(finding.kind == "deadlock")
    #expect(
      finding.summary.contains(
        "waits by 'sync' for queue 'bank.own' itself in total() (ownQueue.swift:5)"))
  }

  @Test func `that Swift's Mutex ends the program for`() throws {
    let (unit, outcome) = try HangProgram.unit(HangProgram.path("mutex.swift"))
    #expect(outcome.code == 128 + SIGILL)
    let finding = try #require(unit.findings.first)
    #expect(finding.kind == "deadlock")
    #expect(finding.threads.count == 3)
    for function in ["Accounts.moveOn()", "Accounts.moveFurther()", "Accounts.moveBack()"] {
      #expect(finding.threads.contains { $0.stack.contains { $0.function == function } })
    }
  }
}
