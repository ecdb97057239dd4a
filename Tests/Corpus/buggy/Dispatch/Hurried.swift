import Dispatch
import Foundation

extension CorpusProgram {
  private static func hurried(
    _ name: String, _ summary: String, classes: Int, _ run: @escaping @Sendable () -> Int
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: "dataRace", classes: { _ in classes }
    ) { _ in run() }
  }

  /// Who takes a result before it is there, or after: two classes.
  ///
  /// Of a group, whose wait may also be for what was entered: three.
  static let hurried = [
    hurried("group", "who enters a group does so when others may be past it", classes: 3) {
      let result = Given()
      let group = DispatchGroup()
      DispatchQueue.global().async {
        group.enter()
        result.value = 7
        group.leave()
      }
      group.wait()
      return result.value
    },
    hurried("work-item", "a result is read that a work item gives, without a wait", classes: 2) {
      let result = Given()
      let item = DispatchWorkItem { result.value = 7 }
      DispatchQueue.global().async(execute: item)
      return result.value
    },
    hurried(
      "after", "a result is read after a sleep that is longer than what it waits for", classes: 2
    ) {
      let result = Given()
      DispatchQueue.global().asyncAfter(deadline: .now() + 1) { result.value = 7 }
      sleep(2)
      return result.value
    },
  ]

  /// Iterations add to a total at once.
  static let racingIterations = CorpusProgram(
    "iterations", "iterations at once add to a variable", parameters: ["iterations"],
    defaults: [2], finding: "lostUpdate", classes: { race.classes([$0[0], 1]) }
  ) { sizes in
    let result = Given()
    DispatchQueue.concurrentPerform(iterations: sizes[0]) { _ in result.value += 1 }
    return result.value
  }
}
