import Foundation
import Testing

/// What the trait records, seen from outside: the test binary is run again as a child, with the tests
/// of `TestsInEverySchedule` made to do what their names say.
@Suite struct `The trait everySchedule` {
  /// An issue that a child recorded.
  private struct Issue: Equatable, CustomStringConvertible {
    var line: Int
    var isWarning: Bool
    var text: String

    var description: String { "line \(line)\(isWarning ? ", a warning" : ""): \(text)" }
  }

  private struct Run {
    var status: Int32
    var issues: [Issue]

    /// The issues that are the trait's own, not an expectation's.
    var findings: [Issue] { issues.filter { !$0.text.hasPrefix("Expectation failed") } }
    var expectations: [Issue] { issues.filter { $0.text.hasPrefix("Expectation failed") } }
  }

  /// Runs one test in a child.
  private func run(
    _ test: String, isBroken: Bool = true, environment: [String: String] = [:]
  ) throws -> Run {
    let events = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: events) }
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    child.arguments = [
      "--testing-library", "swift-testing", "--filter", test,
      "--event-stream-output-path", events.path, "--event-stream-version", "6.3",
    ]
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LOCKSTEP_") }
    variables.merge(environment) { $1 }
    if isBroken { variables["LOCKSTEP_TEST_BREAK"] = "1" }
    child.environment = variables
    child.standardOutput = FileHandle.nullDevice
    child.standardError = FileHandle.nullDevice
    try child.run()
    child.waitUntilExit()
    let lines = try String(contentsOf: events, encoding: .utf8).split(separator: "\n")
    return Run(status: child.terminationStatus, issues: try lines.compactMap(Self.issue))
  }

  private static func issue(_ line: Substring) throws -> Issue? {
    let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    guard let payload = record?["payload"] as? [String: Any],
      payload["kind"] as? String == "issueRecorded", let issue = payload["issue"] as? [String: Any],
      issue["isKnown"] as? Bool == false,
      let location = issue["sourceLocation"] as? [String: Any], let line = location["line"] as? Int,
      let messages = payload["messages"] as? [[String: Any]]
    else { return nil }
    // What the trait says of a finding is the comment of its issue.
    let texts = messages.compactMap { $0["text"] as? String }
    let text = texts.filter { !$0.hasPrefix("Issue recorded") }.joined(separator: "\n")
    return Issue(line: line, isWarning: issue["severity"] as? String == "warning", text: text)
  }

  /// Line of a declaration or an expectation in the tests that the child runs.
  private func line(of text: String, after test: String) throws -> Int {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("TestsInEverySchedule.swift")
    let lines = try String(contentsOf: source, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.contains("func `\(test)`") })
    let offset = try #require(lines[start...].firstIndex { $0.contains(text) })
    return offset + 1
  }

  private func token(in text: String) throws -> String {
    try String(#require(text.firstMatch(of: /LOCKSTEP_REPLAY=(L1-[A-Za-z0-9_-]+)/)).1)
  }

  @Test func `Tests that hold in every schedule pass, their warnings included`() throws {
    let run = try run("in every schedule`", isBroken: false)
    #expect(run.status == 0)
    #expect(run.issues.isEmpty)
  }

  @Test(arguments: [
    ("An expectation fails in some schedules", ["Lost update: ", "Assertion failed: "]),
    ("An expectation fails in every schedule", ["Assertion failed: "]),
    ("An asynchronous body fails in some schedules", ["Assertion failed: "]),
    ("One of two arguments fails", ["Assertion failed: "]),
    ("Its test fails in some schedules", ["Assertion failed: "]),
  ])
  func `An expectation is recorded once, on its line, and the schedule on the test's`(
    test: String, findings: [String]
  ) throws {
    let run = try run(test)
    #expect(run.status != 0)
    #expect(run.expectations.map(\.line) == [try line(of: "#expect(", after: test)])
    try check(run.findings, are: findings)
  }

  @Test(arguments: [
    ("A required value is missing in some schedules", ["Assertion failed: "]),
    ("An error is thrown in some schedules", ["Thrown error: Shortfall() at TestsInEvery"]),
    ("Two locks are taken in opposite order", ["Deadlock: "]),
    ("A lock is left behind", ["Leaked lock: "]),
  ])
  func `What ends a test early is one finding`(test: String, findings: [String]) throws {
    let run = try run(test)
    #expect(run.status != 0)
    try check(run.findings, are: findings)
  }

  /// Each says its kind first, and has a token.
  private func check(_ found: [Issue], are beginnings: [String]) throws {
    #expect(found.count == beginnings.count, "\(found)")
    for (issue, beginning) in zip(found, beginnings) {
      #expect(issue.text.hasPrefix(beginning), "\(issue)")
      #expect(!issue.isWarning)
      #expect(!issue.text.contains("did not give the same steps"), "\(issue)")
      #expect(!issue.text.contains("not instrumented"), "\(issue)")
      // Two findings of one execution have one table and one token.
      if issue == found.first || !issue.text.contains("(the schedule is the one above)") {
        #expect(try token(in: issue.text).hasPrefix("L1-"))
      }
    }
  }

  @Test func `A known issue stays known`() throws {
    let run = try run("A failure is known")
    #expect(run.status == 0)
    #expect(run.issues.isEmpty)
  }

  @Test func `A finding that is expected is no issue, and another one is`() throws {
    let expected = try run("What is found is expected")
    #expect(expected.status == 0)
    #expect(expected.issues.isEmpty, "\(expected.issues)")
    let more = try run("More is found than is expected")
    #expect(more.status != 0)
    try check(more.findings, are: ["Assertion failed: "])
    #expect(more.expectations.count == 1)
  }

  @Test func `That a finding does not come which is expected is an issue`() throws {
    let run = try run("What is expected is not found")
    #expect(run.status != 0)
    #expect(run.issues.count == 1)
    #expect(run.issues.first?.text.hasPrefix("Not found: 'deadlock'") == true, "\(run.issues)")
  }

  @Test func `A test without threads is no pass`() throws {
    let run = try run("No thread is started")
    #expect(run.status != 0)
    #expect(run.issues.count == 1)
    #expect(run.issues.first?.text.contains("nothingToExplore") == true, "\(run.issues)")
  }

  @Test func `The end of the budget is a warning`() throws {
    let run = try run("The budget ends first")
    #expect(run.status == 0)
    #expect(run.issues.map(\.isWarning) == [true], "\(run.issues)")
    #expect(run.issues.first?.text.contains("inconclusive (budget)") == true, "\(run.issues)")
  }

  @Test func `A budget that ends before the first execution is an error`() throws {
    let run = try run("The budget ends at once")
    #expect(run.status != 0)
    #expect(run.issues.map(\.isWarning) == [false], "\(run.issues)")
    #expect(run.issues.first?.text.contains("nothingToExplore") == true, "\(run.issues)")
  }

  @Test func `Where accesses are not seen, calls are enough only for who asked for calls`() throws {
    let unprobed = ["LOCKSTEP_TEST_UNPROBED": "1"]
    let calls = try run("Calls are enough", environment: unprobed)
    #expect(calls.status == 0)
    #expect(calls.issues.isEmpty, "\(calls.issues)")
    let accesses = try run("Calls are not enough", environment: unprobed)
    #expect(accesses.status != 0)
    #expect(accesses.issues.count == 1)
    #expect(accesses.issues.first?.text.contains("uninstrumented") == true, "\(accesses.issues)")
  }

  @Test func `A token in the environment replays its test, and is foreign to another`() throws {
    let test = "An error is thrown in some schedules"
    let found = try #require(try run(test).findings.first)
    let token = try token(in: found.text)
    let again = try run(test, environment: ["LOCKSTEP_REPLAY": token])
    #expect(again.findings == [found])
    let other = try run("A lock is left behind", environment: ["LOCKSTEP_REPLAY": token])
    #expect(other.status != 0)
    #expect(
      other.issues.map(\.text).first?.contains("the token belongs to another test") == true,
      "\(other.issues)")
    let mended = try run(test, isBroken: false, environment: ["LOCKSTEP_REPLAY": token])
    #expect(mended.status != 0)
    #expect(mended.issues.first?.text.contains("diverged at step") == true, "\(mended.issues)")
  }
}
