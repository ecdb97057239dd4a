import Dispatch

/// An executor that hands its jobs to a queue: one at a time, if the queue is a serial one.
private final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(isSerial: Bool) {
    queue = DispatchQueue(label: "executor", attributes: isSerial ? [] : .concurrent)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// An executor of tasks that hands their jobs to a queue.
private final class QueueTaskExecutor: TaskExecutor {
  private let queue: DispatchQueue

  init(isSerial: Bool) {
    queue = DispatchQueue(label: "executor", attributes: isSerial ? [] : .concurrent)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// A counter whose isolation is its executor's word.
private actor Counter {
  private let executor: QueueExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private let total: Given

  init(_ total: Given, on executor: QueueExecutor) {
    self.total = total
    self.executor = executor
  }

  func add() { total.value += 1 }
}

extension CorpusProgram {
  private static func isolating(
    _ name: String, _ summary: String, finding: String?, classes: Int,
    isSerial: Bool
  ) -> CorpusProgram {
    CorpusProgram(name, summary, finding: finding, classes: classes) {
      let total = Given()
      let counter = Counter(total, on: QueueExecutor(isSerial: isSerial))
      async let other: Void = counter.add()
      await counter.add()
      await other
      return total.value
    }
  }

  private static func preferring(
    _ name: String, _ summary: String, finding: String?, classes: Int,
    isSerial: Bool
  ) -> CorpusProgram {
    CorpusProgram(name, summary, finding: finding, classes: classes) {
      let total = Given()
      await withTaskExecutorPreference(QueueTaskExecutor(isSerial: isSerial)) {
        async let other: Void = { total.value += 1 }()
        total.value += 1
        await other
      }
      return total.value
    }
  }

  /// What an executor promises and does not keep, its actor does not keep either; and what tasks have from
  /// an executor that they prefer, they have as long as it is one that does one thing at a time.
  ///
  /// Counts as in `groups`, seen.
  static let executors = [
    isolating(
      "serial-executor", "an actor's executor hands its jobs to a concurrent queue",
      finding: "lostUpdate", classes: 2921, isSerial: false),
    isolating(
      "serial-executor-fixed", "an actor's executor hands its jobs to a serial queue", finding: nil,
      classes: 380, isSerial: true),
    preferring(
      "task-executor", "two tasks add to a variable on an executor of a concurrent queue",
      finding: "lostUpdate", classes: 116, isSerial: false),
    preferring(
      "task-executor-fixed", "two tasks add to a variable on an executor of a serial queue",
      finding: nil, classes: 12, isSerial: true),
  ]
}
