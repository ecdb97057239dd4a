/// Four tasks of a group, each of which says that it is there.
public func fourTasks() async -> String {
  let log = Log()
  await withTaskGroup(of: Void.self) { group in
    for letter in ["a", "b", "c", "d"] { group.addTask { log.add(letter) } }
  }
  return log.text
}

/// Two children by `async let`, and what they give.
public func asyncLets() async -> String {
  let log = Log()
  async let first: Int = {
    log.add("a")
    return 1
  }()
  async let second: Int = {
    log.add("b")
    return 2
  }()
  let sum = await first + second
  return log.text + "\(sum)"
}

/// A task that offers the processor between its two letters.
public func yielding() async -> String {
  let log = Log()
  let task = Task {
    log.add("a")
    await Task.yield()
    log.add("b")
  }
  let other = Task.detached { log.add("x") }
  await task.value
  await other.value
  return log.text
}

/// A child that throws, and one that notices that it was cancelled, or not in time.
public func groupThatThrows() async -> String {
  struct Failure: Error {}
  let log = Log()
  do {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { throw Failure() }
      group.addTask { log.add(Task.isCancelled ? "cancelled" : "ran") }
      for try await _ in group {}
    }
  } catch {
    return log.text + " thrown"
  }
  return log.text
}

/// A discarding group whose children are not waited for one by one.
public func discardingGroup() async -> String {
  let log = Log()
  await withDiscardingTaskGroup { group in
    group.addTask { log.add("a") }
    group.addTask { log.add("b") }
  }
  return log.text
}
