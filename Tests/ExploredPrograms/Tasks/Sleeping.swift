/// An hour's sleep against an answer.
public func timeout() async -> String {
  await withTaskGroup(of: String.self) { group in
    group.addTask {
      try? await Task.sleep(for: .seconds(3600))
      return "late"
    }
    group.addTask { "in time" }
    let first = await group.next() ?? ""
    group.cancelAll()
    return first
  }
}

/// Two sleeps end in the order of their lengths, and so does what comes after unless it is slow.
public func sleepers() async -> String {
  let log = Log()
  await withTaskGroup(of: Void.self) { group in
    group.addTask {
      try? await Task.sleep(for: .seconds(2))
      log.add("2")
    }
    group.addTask {
      try? await Task.sleep(for: .seconds(1))
      log.add("1")
    }
  }
  return log.text
}
