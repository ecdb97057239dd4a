/// Looks for tasks that keep others from going on: by a lock that they hold while they are suspended,
/// or by a thread of the pool that they keep waiting for what another task has to do.
///
/// Neither needs a bad schedule to be wrong. Who resumes on another thread cannot give up a lock, and
/// a pool that has no thread left never comes to the task that is waited for.
/// (SE-0296: tasks must be able to make progress on the threads that there are.)
package struct TaskBlocking: Sendable {
  private var runners = Runners()
  /// By thread, the locks that it holds and since when.
  private var held: [[(lock: ObjectID, since: Int)]] = Array(
    repeating: [], count: maximumThreadCount)
  /// By thread, the index of its latest event; and whether it is one of the pool's, whose first deed is to
  /// go on with a task.
  private var latest = Array(repeating: 0, count: maximumThreadCount)
  private var isOfPool = Array(repeating: Bool?.none, count: maximumThreadCount)
  private var found: [Finding] = []

  package init() {}

  /// Both kinds in an execution, each object once.
  ///
  /// - Complexity: O(*n*) in the length of the trace, and of what comes between a thread's steps
  ///   where it waits for a semaphore.
  package mutating func record(_ execution: borrowing Execution) -> [Finding] {
    let trace = execution.trace
    guard trace.contains(where: { $0.kind == .resume }) else { return [] }
    runners.update(trace)
    for thread in 0..<maximumThreadCount {
      if !held[thread].isEmpty { held[thread] = [] }
      latest[thread] = 0
      isOfPool[thread] = nil
    }
    found.removeAll(keepingCapacity: true)
    for (index, event) in trace.enumerated() {
      let thread = Int(event.thread.rawValue)
      if isOfPool[thread] == nil {
        isOfPool[thread] = event.kind == .resume || event.taskCall == .run
      }
      switch event.kind {
      case .lock, .tryLock:
        if !event.flags.contains(.library) { held[thread].append((event.object, index)) }
      case .unlock: held[thread].removeAll { $0.lock == event.object }
      case .wait: held[thread].removeAll { $0.lock == event.other }
      case .exit: (held[thread], isOfPool[thread]) = ([], nil)
      case .call where event.isSuspension, .suspend:
        guard let hold = held[thread].last else { break }
        note(.heldAcrossSuspension, hold.lock, [hold.since, index])
      case .semaphoreWait where isOfPool[thread] == true:
        waited(index, since: latest[thread], trace)
      default: break
      }
      latest[thread] = index
    }
    return found
  }

  /// A task has come through a semaphore: whether it had to wait for another task's signal.
  private mutating func waited(_ index: Int, since start: Int, _ trace: [Event]) {
    let signal = trace[start..<index].indices.first { place in
      trace[place].kind == .semaphoreSignal && trace[place].object == trace[index].object
        && trace[place].value == 0
    }
    guard let signal, isOfPool[Int(trace[signal].thread.rawValue)] == true,
      runners.ofEvents[signal] != runners.ofEvents[index]
    else { return }
    note(.starvation, trace[index].object, [signal, index])
  }

  private mutating func note(_ kind: Finding.Kind, _ object: ObjectID, _ steps: [Int]) {
    guard !found.contains(where: { $0.kind == kind && $0.object == object }) else { return }
    found.append(Finding(kind: kind, object: object, steps: steps))
  }
}
