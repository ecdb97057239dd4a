/// That a child could not do what it was to do.
private struct Failure: Error {}

extension CorpusProgram {
  /// A group is left when all its children have ended, and not before.
  ///
  /// Whoever reads what a child gives while it is inside, after another one's error or with nothing to wait
  /// for, reads too early.
  ///
  /// All that tasks share is one object to the schedule: counts of programs of tasks are not derived, and
  /// are those of debug and release builds alike.
  static let groups = [
    CorpusProgram(
      "throwing-group", "a child's result is read within the group when another child has failed",
      finding: "dataRace", classes: 19
    ) {
      let result = Given()
      return await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { throw Failure() }
        group.addTask { result.value = 7 }
        do { _ = try await group.next() } catch { return result.value }
        return 0
      }
    },
    CorpusProgram(
      "throwing-group-fixed",
      "a child's result is read after the group when another one has failed",
      classes: 26
    ) {
      let result = Given()
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { throw Failure() }
          group.addTask { result.value = 7 }
          try await group.waitForAll()
        }
      } catch { return result.value }
      return 0
    },
    CorpusProgram(
      "discarding-group", "a child's result is read within a group that keeps no results",
      finding: "dataRace", classes: 6
    ) {
      let result = Given()
      return await withDiscardingTaskGroup { group in
        group.addTask { result.value = 7 }
        await Task.yield()
        return result.value
      }
    },
    CorpusProgram(
      "discarding-group-fixed", "a child's result is read after a group that keeps no results",
      classes: 4
    ) {
      let result = Given()
      await withDiscardingTaskGroup { group in
        group.addTask { result.value = 7 }
        await Task.yield()
      }
      return result.value
    },
  ]
}
