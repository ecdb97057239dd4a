import Foundation
import LockstepExploration
import LockstepReport
import LockstepTerminal

/// Explores tests that never heard of Lockstep, one after the other, each as a whole program.
///
/// The runner of the test's library runs that test alone, and from the test's body on each execution is
/// a process of its own: what the test finds in globals is what it would find in a run by itself.
struct WholeTests {
  let bundle: TestBundle
  /// Whether standard output is for the results alone.
  let json: Bool

  /// Seconds for each: as many as a test has that explores itself.
  private static let budget = 10.0

  /// Explores the tests, and says what was found as soon as it is.
  ///
  /// - Throws: `CommandError` when one cannot be explored, `ExitStatus.interrupted`.
  func explore(_ tests: [TestBundle.Test]) throws -> [(unit: UnitResult, text: String)] {
    try tests.flatMap { test in
      var results: [(UnitResult, String)] = []
      for number in 0..<(test.hasParameters ? Int.max : 1) {
        do {
          results += try explore(test, number: number)
        } catch TestObstacle.exploresItself {
          break
        } catch TestObstacle.didNotRun(let how) {
          if number == 0 { results += try unseen(test, how: how) }
          break
        }
      }
      return results
    }
  }

  private func explore(
    _ test: TestBundle.Test, number: Int
  ) throws -> [(UnitResult, String)] {
    let name = test.hasParameters ? "\(test.name) #\(number + 1)" : test.name
    var request = ProgramRequest(name: name)
    request.budget = Self.budget
    request.testCase = number
    request.replayCommand =
      ["lockstep", "replay", "--name", ShellWord.quoted(name), "--test-case", "\(number)"]
    request.replayTail = ([bundle.path] + test.arguments).map(ShellWord.quoted)
    let result = try ExploredProgram(
      bundle.path, arguments: test.arguments, request: request, json: json
    ).explore()
    let units = try result.units().map { unit in
      var unit = unit
      unit.isWholeTest = true
      return unit
    }
    // What it explores, it has reported.
    guard !units.contains(where: \.exploresItself) else { return [] }
    if units.contains(where: \.failed) {
      if json { StandardError.write(result.text) } else { StandardOutput.write(result.text) }
    }
    if result.report.wasInterrupted { throw ExitStatus.interrupted }
    return units.map { ($0, UnitReport.element(of: result.json)) }
  }

  /// Nothing was seen of the test, and that is no pass.
  private func unseen(
    _ test: TestBundle.Test, how: String
  ) throws -> [(UnitResult, String)] {
    StandardError.write(Message.testDidNotRun(test.name, how: how))
    let unit = UnitReport(
      unit: test.name, verdict: .inconclusive, incompleteBecause: [.nothingToExplore])
    let json = try UnitReport.json([unit])
    return try JSONDecoder().decode([UnitResult].self, from: Data(json.utf8)).map { unit in
      (unit, UnitReport.element(of: json))
    }
  }
}
