import Foundation
import Testing

@testable import LockstepCommand

/// A package that does not depend on Lockstep, with tests of both libraries.
@Suite(.serialized) struct `lockstep test --all` {
  private static let package = HangProgram.folder.replacing(
    "Fixtures/Hangs", with: "Fixtures/Unaware")

  @Test func `gives each test a verdict of its own, and a command that replays what it found`()
    throws
  {
    let outcome = try CheckedProgram.shell(
      """
      cp -R \(Self.package)/. .
      $LOCKSTEP test --all --json --junit report.xml; echo "code $?" >&2
      cat report.xml >&2; echo ---
      $LOCKSTEP test --all --filter 'ocked' > page; echo "code $?"
      $LOCKSTEP test --all --filter 'OldTests/testRacyTasks' > page; echo "code $?"
      lockstep() { $LOCKSTEP "$@"; }
      eval "$(sed -n 's/^replay: //p' page | head -n 1)" > replayed; echo "code $?"
      grep -o 'the same execution .*' replayed
      """, seconds: 280)
    let parts = outcome.output.split(separator: "---\n").map(String.init)
    try #require(parts.count == 2, "\(outcome)")
    let units = try JSONUnit.units(parts[0])
    let verdicts = Dictionary(
      units.map { ($0.unit, [$0.verdict] + $0.findings.map(\.kind)) }, uniquingKeysWith: { $1 })
    #expect(
      verdicts == [
        "StoreTests.New/`locked and right`()": ["pass"],
        "StoreTests.New/disabled()": ["inconclusive"],
        "StoreTests.New/racy()": ["fail", "lostUpdate", "assertion"],
        "StoreTests.New/racyInC()": ["fail", "lostUpdate", "assertion"],
        "StoreTests.New/sequential(number:) #1": ["inconclusive"],
        "StoreTests.New/sequential(number:) #2": ["inconclusive"],
        "StoreTests.crashing()": ["fail", "crash", "lostUpdate"],
        "StoreTests.group()": ["pass"],
        "StoreTests.OldTests/testLocked": ["pass"],
        "StoreTests.OldTests/testRacy": ["fail", "lostUpdate", "assertion"],
        "StoreTests.OldTests/testRacyTasks": ["fail", "lostUpdate", "assertion"],
        "StoreTests.OldTests/testSequential": ["inconclusive"],
        "StoreTests.OldTests/testTasks": ["pass"],
      ], "\(outcome)")
    for unit in units where unit.verdict == "pass" { #expect(unit.complete && unit.executions > 1) }
    #expect(outcome.errors.contains("code 1\n"))
    #expect(outcome.errors.contains("5 failed, 1 inconclusive, 3 without threads"))
    #expect(outcome.errors.contains("'StoreTests.New/disabled()' was not explored"))
    #expect(outcome.errors.contains("message=\"no threads: nothing to explore\""))
    #expect(
      parts[1] == "code 0\ncode 1\ncode 1\nthe same execution 10 of 10 times\n", "\(outcome)")
    #expect(outcome.errors.contains("lockstep: 2 explored: 2 passed"))
  }
}
