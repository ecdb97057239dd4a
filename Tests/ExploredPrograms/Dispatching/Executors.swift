import Dispatch

/// An executor that hands its jobs to a queue.
final class QueueExecutor: SerialExecutor {
  let queue = DispatchQueue(label: "executor")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// An actor whose work is done by a queue.
actor OnQueue {
  private let executor = QueueExecutor()
  private var order: [Int] = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  func note(_ number: Int) {
    dispatchPrecondition(condition: .onQueue(executor.queue))
    order.append(number)
  }

  var noted: [Int] { order }
}

/// Two tasks call an actor whose executor is a queue.
public func actorOnQueue() async -> [Int] {
  let actor = OnQueue()
  async let first: Void = actor.note(1)
  async let second: Void = actor.note(2)
  _ = await (first, second)
  return await actor.noted
}

@MainActor private final class Screen {
  var shown: [Int] = []
}

/// What is handed to the main queue, and what is the main actor's, come one after another.
public func mainQueueAndMainActor() async -> Int {
  let screen = await Screen()
  let done = DispatchGroup()
  DispatchQueue.main.async(group: done) {
    MainActor.assumeIsolated { screen.shown.append(1) }
  }
  await Task { @MainActor in screen.shown.append(2) }.value
  done.waitForAll()
  return await screen.shown.count
}

extension DispatchGroup {
  /// Not to be called in tasks, as it blocks a thread: where each job has one of its own, it may.
  fileprivate nonisolated func waitForAll() { wait() }
}
