/// A few tasks that do, each once, what programs do with tasks.
enum TaskArrangement {
  private actor Meeting {
    private var arrivals = 0

    func arrive() -> Int {
      arrivals += 1
      return arrivals
    }

    /// A task that begins on the actor: a job of the actor's.
    func sendForAnother() -> Task<Int, Never> { Task { arrive() } }
  }

  /// What it comes to in every schedule.
  static let result = 8

  static func run() async -> Int {
    let meeting = Meeting()
    async let child = meeting.arrive()
    let another = await meeting.sendForAnother()
    let arrivals = await child + another.value
    let resumed = await withUnsafeContinuation { continuation in
      Task.detached { continuation.resume(returning: 1) }
    }
    let grouped = await withTaskGroup(of: Int.self) { group in
      group.addTask { 1 }
      return group.isEmpty ? 0 : await group.next() ?? 0
    }
    let cancelled = Task.detached {
      while !Task.isCancelled { await Task.yield() }
      return 1
    }
    cancelled.cancel()
    let slept = await sleep()
    return await arrivals + resumed + grouped + cancelled.value + slept + 1
  }

  private static func sleep() async -> Int {
    do {
      try await Task.sleep(nanoseconds: 1)
      return 1
    } catch {
      return 0
    }
  }
}
