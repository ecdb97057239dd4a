// Programs whose `main` is a task.
import Synchronization

/// Hands over one value, unless it is set between the look and the wait.
final class Mailbox: Sendable {
  private let state = Mutex<(waiter: CheckedContinuation<Int, Never>?, value: Int?)>((nil, nil))

  func get() async -> Int {
    if let value = state.withLock({ $0.value }) { return value }
    return await withCheckedContinuation { continuation in
      state.withLock { $0.waiter = continuation }
    }
  }

  func set(_ value: Int) {
    let waiter = state.withLock { state in
      state.value = value
      return state.waiter.take()
    }
    waiter?.resume(returning: value)
  }
}

struct TimedOut: Error {}

@main struct Program {
  static func main() async throws {
    switch CommandLine.arguments[1] {
    case "lost":
      let mailbox = Mailbox()
      async let value = mailbox.get()
      async let sent: Void = mailbox.set(7)
      await sent
      print(await value)
    case "timeout":
      do {
        print(
          try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
              try await Task.sleep(for: .seconds(60))
              return 5
            }
            group.addTask {
              try await Task.sleep(for: .seconds(3600))
              throw TimedOut()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? 0
          })
      } catch {
        print("\(error)")
      }
    default: fatalError("unknown")
    }
  }
}
