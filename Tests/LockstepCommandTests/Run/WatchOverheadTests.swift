import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `Watching a program` {
  /// Alternating runs, the fastest of each.
  ///
  /// What other processes take away, they take from both. One calm round is enough to show what the library costs, as noise cannot make it faster.
  @Test(arguments: ["1 uncontended 4000000", "2 uncontended 2000000", "2 contended 500000"])
  func `takes at most 1.3 times as long, locking all the time`(arguments: String) throws {
    let program = try HangProgram.path("contention.c", options: ["-O2"])
    func seconds(_ prefix: String) throws -> Double {
      let outcome = try BuiltCommand.shell("\(prefix) \(program) \(arguments)")
      try #require(outcome.code == 0)
      return try #require(Double(outcome.output.dropLast()))
    }
    var ratios: [Double] = []
    for _ in 1...6 where !ratios.contains(where: { $0 <= 1.3 }) {
      var (plain, watched) = (Double.infinity, Double.infinity)
      for _ in 1...5 {
        plain = min(plain, try seconds(""))
        watched = min(watched, try seconds("$LOCKSTEP run"))
      }
      ratios.append(watched / plain)
    }
    #expect(ratios.contains { $0 <= 1.3 }, "ratios \(ratios)")
  }
}
