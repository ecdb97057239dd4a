import ExploredPrograms
import Foundation
import Lockstep
import LockstepEngine
import Testing

/// Findings carried out again from their tokens, in this process and in fresh ones.
///
/// A hundred by default; `LOCKSTEP_TEST_REPLAYS=1000 swift test --filter 'Replays of tokens'`
/// takes as many as it says, half of them in fresh processes.
@Suite struct `Replays of tokens` {
  static let count =
    ProcessInfo.processInfo.environment["LOCKSTEP_TEST_REPLAYS"].flatMap { Int($0) } ?? 100
  /// Tokens for each fresh process.
  static let perProcess = 100

  /// Findings of generated programs: the first half for this process, the others for fresh ones.
  private static let found = Result { try FoundSchedule.first(count) }

  @Test func `Replayed in this process, each gives the same trace`() throws {
    let found = try Self.found.get()
    #expect(found.count == Self.count)
    for finding in found.prefix(Self.count / 2) {
      if let complaint = finding.complaintAboutReplay() {
        Issue.record(Comment(rawValue: complaint))
      }
    }
  }

  @Test func `Replayed in a fresh process, each gives the same trace`() async throws {
    let found = try Self.found.get().dropFirst(Self.count / 2)
    var first = found.startIndex
    while first < found.endIndex {
      let batch = Array(found[first..<min(first + Self.perProcess, found.endIndex)])
      first += batch.count
      await #expect(processExitsWith: .success) { [batch = batch as [FoundSchedule]] in
        for finding in batch {
          if let complaint = finding.complaintAboutReplay() {
            Issue.record(Comment(rawValue: complaint))
          }
        }
      }
    }
  }

  /// Programs with each kind of step, by their names, so that a fresh process finds them.
  private static let programs: [String: @Sendable () -> Int] = [
    "checkedIncrements": checkedIncrements, "wrappingIncrements": wrappingIncrements,
    "stringAppends": stringAppends, "arrayAppends": arrayAppends,
    "dictionaryUpdates": dictionaryUpdates, "capturedLocal": capturedLocal,
    "lostWakeUp": lostWakeUp, "oppositeLocks": oppositeLocks, "leakedLock": leakedLock,
    "atomicLoadsAndStores": atomicLoadsAndStores, "checkThenWithdraw": checkThenWithdraw,
    "readThenDeposit": readThenDeposit, "handedOverLocks": handedOverLocks,
  ]

  private static func replay(_ token: String, named name: String) throws -> [String] {
    let program = try #require(programs[name])
    return try explored(.replay(token), named: name) { program() }.findings.map(\.schedule)
  }

  @Test(arguments: programs.keys.sorted())
  func `Findings of each kind are replayed, here and in a fresh process`(name: String) async throws
  {
    let program = try #require(Self.programs[name])
    let tokens = try explored(named: name) { program() }.findings.map(\.schedule)
    #expect(!tokens.isEmpty)
    for token in tokens { #expect(try Self.replay(token, named: name).contains(token)) }
    await #expect(processExitsWith: .success) {
      [tokens = tokens as [String], name = name as String] in
      for token in tokens {
        let replayed = try Self.replay(token, named: name)
        #expect(replayed.contains(token))
      }
    }
  }

  // MARK: Tokens that are no good

  /// A program with a lost update, under the name that its token belongs to.
  private func race(_ strategy: Strategy = .exhaustive, named name: String = "a race") throws
    -> Exploration<Int>
  {
    try explored(strategy, named: name) { checkedIncrements() }
  }

  private func token() throws -> String { try #require(try race().findings.first).schedule }

  @Test func `A good one gives the finding, and nothing else`() throws {
    let token = try token()
    let replayed = try race(.replay(token))
    #expect(replayed.findings.map(\.kind) == ["lostUpdate"])
    #expect(replayed.findings.map(\.schedule) == [token])
    #expect(replayed.executions == 1)
    #expect(Set(replayed.outcomes.keys) == [1])
  }

  @Test func `Each beginning of one is cut short`() throws {
    let token = try token()
    let cut = ExplorationError.token("the token is cut short; copy all of it")
    for length in 0..<token.count {
      #expect(throws: cut, "\(length) of \(token)") {
        try race(.replay(String(token.prefix(length))))
      }
    }
  }

  @Test func `One with a character changed is damaged, or of another version`() throws {
    let token = try token()
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.é ")
    var generator = SmallProgramGenerator(seed: 1)
    for place in token.indices {
      let character = try #require(
        alphabet.filter { $0 != token[place] }.randomElement(using: &generator))
      let changed = token.replacingCharacters(in: place...place, with: String(character))
      let error = #expect(throws: ExplorationError.self, "\(changed)") {
        try race(.replay(changed))
      }
      let reason = try #require(error).description
      #expect(reason.contains("token"), "\(changed): \(reason)")
      #expect(!reason.contains("diverged"), "\(changed): \(reason)")
    }
  }

  @Test(arguments: ["", " ", "L", "hello", "L1", "L1-", "L1-!", "🧵", "l1-AAAA", "L1-AAAA"])
  func `Text that is no token is told`(text: String) throws {
    let error = #expect(throws: ExplorationError.self) { try race(.replay(text)) }
    #expect(
      [
        "the token is cut short; copy all of it",
        "the token is damaged; copy it again from where it was printed",
      ].contains(error?.description))
  }

  @Test func `One with white space around it is no other token`() throws {
    // A person's selection in a terminal may take a line's end along.
    let error = #expect(throws: ExplorationError.self) { try race(.replay(try token() + "\n")) }
    #expect(error?.description.contains("damaged") == true)
  }

  @Test func `One of another test is foreign`() throws {
    let token = try token()
    #expect(throws: ExplorationError.token("the token belongs to another test than 'another'")) {
      try race(.replay(token), named: "another")
    }
  }

  @Test func `One of another build is stale`() throws {
    var schedule = try Schedule.decode(try token())
    schedule.build ^= 1
    let stale = ExplorationError.token(
      "the token belongs to another build of this program; explore again for a new one")
    #expect(throws: stale) { try race(.replay(schedule.token)) }
  }

  @Test func `One of another version is told with its number`() throws {
    let token = try token()
    #expect(
      throws: ExplorationError.token(
        "the token is of version 9, which this version of Lockstep cannot read")
    ) { try race(.replay("L9" + token.dropFirst(2))) }
  }

  // MARK: Programs that changed

  /// Carries a changed program out along the schedule of a finding in the original.
  private func divergence(
    from original: [[SmallProgram.Operation]], to changed: [[SmallProgram.Operation]]
  ) throws -> String? {
    let name = "changes"
    let exploration = try explored(named: name) { SmallProgram(threads: original).run() }
    let token = try #require(exploration.findings.first, "\(exploration)").schedule
    let error = #expect(throws: ExplorationError.self) {
      try explored(.replay(token), named: name) { SmallProgram(threads: changed).run() }
    }
    return error?.description
  }

  @Test func `Where another thing is met at a deviation, both are told`() throws {
    let text = try divergence(
      from: [[.read(0), .write(0, value: 1)], [.read(0), .write(0, value: 2)]],
      to: [[.read(0), .write(0, value: 1)], [.write(0, value: 2), .read(0)]])
    #expect(
      text
        == "diverged at step 1: expected read by thread 2, met write by thread 2")
  }

  @Test func `Where a thread waits that should go on, that is told`() throws {
    let text = try divergence(
      from: [[.read(0), .write(0, value: 1)], [.read(0), .write(0, value: 2)]],
      to: [[.lock(0), .lock(0)], [.lock(0), .lock(0)]])
    #expect(
      text
        == "diverged at step 1: expected read by thread 2, met that it cannot go on")
  }

  @Test func `Where only the end is another, that is told`() throws {
    let text = try divergence(
      from: [[.read(0), .write(0, value: 1)], [.read(0), .write(0, value: 2)]],
      to: [[.read(0), .write(0, value: 1)], [.read(0), .write(0, value: 2), .read(0)]])
    #expect(
      text
        == "diverged after the last choice: expected the same 7 steps, met other ones, 8 in number")
  }

  @Test func `A token never passes in a program that differs in a visible step`() throws {
    var generator = SmallProgramGenerator(seed: 11)
    var tried = 0
    while tried < 60 {
      let program = generator.program()
      guard BruteForce(program).deadlockedClasses == 0,
        let changed = program.withOneStepChanged(using: &generator)
      else { continue }
      let name = "changed \(tried)"
      let exploration = try explored(named: name) { program.run() }
      guard let token = exploration.findings.first?.schedule else { continue }
      tried += 1
      let error = #expect(throws: ExplorationError.self, "\(program), \(changed), \(token)") {
        try explored(.replay(token), named: name) { changed.run() }
      }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("diverged ") && text.contains("expected "), "\(text)")
      #expect(text.contains("met "), "\(text)")
    }
  }
}

/// A finding of a generated program, with what makes the program again.
struct FoundSchedule: Codable, Sendable {
  var seed: UInt64
  var kind: String
  var token: String

  private var program: SmallProgram {
    var generator = SmallProgramGenerator(seed: seed)
    return generator.program()
  }

  private var name: String { "replayed \(seed)" }

  /// Findings of the first programs that have some.
  static func first(_ count: Int) throws -> [FoundSchedule] {
    var found: [FoundSchedule] = []
    var seed: UInt64 = 0
    while found.count < count {
      seed += 1
      let empty = FoundSchedule(seed: seed, kind: "", token: "")
      let exploration = try explored(named: empty.name) { [program = empty.program] in
        program.run()
      }
      found += exploration.findings.map {
        FoundSchedule(seed: seed, kind: $0.kind, token: $0.schedule)
      }
    }
    return Array(found.prefix(count))
  }

  /// What is not as it was, if anything.
  ///
  /// A token holds a hash of its trace: two executions with one token are the same step by step.
  func complaintAboutReplay() -> String? {
    do {
      let replayed = try explored(.replay(token), named: name) { [program] in program.run() }
      guard replayed.findings.contains(where: { $0.kind == kind && $0.schedule == token }) else {
        return "\(self) gave \(replayed)"
      }
      return nil
    } catch {
      return "\(self) gave \(error)"
    }
  }
}

extension SmallProgram {
  /// The same with one access to a cell that two threads share made another one; nil if there is none.
  fileprivate func withOneStepChanged(using generator: inout SmallProgramGenerator) -> SmallProgram?
  {
    var changed = self
    let places = threads.indices.flatMap { thread in
      threads[thread].indices.map { (thread, $0) }
    }.shuffled(using: &generator)
    for (thread, place) in places {
      switch threads[thread][place] {
      case .read(let cell) where isShared(cell):
        changed.threads[thread][place] = .write(cell, value: 5)
      case .write(let cell, _) where isShared(cell):
        changed.threads[thread][place] = .read(cell)
      case .add(let cell, _) where isShared(cell):
        changed.threads[thread][place] = .read(cell)
      default: continue
      }
      return changed
    }
    return nil
  }

  /// Whether two threads touch a cell, and one of them changes it.
  private func isShared(_ cell: Int) -> Bool {
    let touching = threads.filter { operations in
      operations.contains { $0 == .read(cell) || $0.changes(cell) }
    }
    return touching.count > 1
      && threads.contains { $0.contains { operation in operation.changes(cell) } }
  }
}

extension SmallProgram.Operation {
  fileprivate func changes(_ cell: Int) -> Bool {
    switch self {
    case .write(cell, _), .add(cell, _): true
    default: false
    }
  }
}
