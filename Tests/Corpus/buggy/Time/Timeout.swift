import Foundation

extension CorpusProgram {
  /// The signal comes in time, or too late.
  ///
  /// In time: one class. Too late, and the result is read before it is written, or after: two.
  static let timeout = CorpusProgram(
    "timeout", "a thread reads a result after a minute at the latest, whether it is there or not",
    parameters: [], defaults: [], finding: "dataRace", classes: { _ in 3 }
  ) { _ in
    withShared(Awaited()) { awaited in
      sem_init(&awaited.pointee.semaphore, 0, 0)
      let threads = Threads(count: 2)
      threads.start(0, awaited) { argument in
        let awaited = given(argument, as: Awaited.self)
        var end = inAMinute()
        sem_timedwait(&awaited.pointee.semaphore, &end)
        awaited.pointee.taken = awaited.pointee.result
        return nil
      }
      threads.start(1, awaited) { argument in
        let awaited = given(argument, as: Awaited.self)
        awaited.pointee.result = 7
        sem_post(&awaited.pointee.semaphore)
        return nil
      }
      threads.join()
      return awaited.pointee.taken
    }
  }
}
