import LockstepReport

/// What locks and other objects are called: the variable that they are, else a letter.
final class LockLabels {
  private let memory: ProcessMemory
  private let symbols: ImageSymbols
  private let isPython: Bool
  private var letters: [UInt: String] = [:]

  /// - Parameters:
  ///   - memory: of the process.
  ///   - symbols: of the process.
  ///   - isPython: whether semaphores are Python's locks.
  init(memory: ProcessMemory, symbols: ImageSymbols, isPython: Bool) {
    self.memory = memory
    self.symbols = symbols
    self.isPython = isPython
  }

  /// - Parameters:
  ///   - wait: for the object.
  ///   - functions: that the wait goes through, the innermost first.
  /// - Returns: `mutex 'bank'`, `NSLock B`, `queue 'io'`.
  func name(_ wait: Wait, stack functions: [String]) -> String {
    switch wait.kind {
    case .mutex: named(wait.object, kind(functions) ?? "mutex")
    case .swiftMutex: named(wait.object, "Mutex")
    case .readLock, .writeLock: named(wait.object, "read-write lock")
    case .semaphore: named(wait.object, isPython ? "lock" : "semaphore")
    case .condition: named(wait.object, "condition")
    case .join: "a thread's end"
    case .queue: queue(wait.object)
    case .futex where functions.contains("_dispatch_group_wait_slow"):
      named(wait.object, "dispatch group")
    case .futex: named(wait.object, "futex")
    }
  }

  func name(_ hold: ThreadRecord.Hold, functions: [String]) -> String {
    switch hold.object.kind {
    case .reading: named(hold.object.address, "read-write lock") + " for reading"
    case .writing: named(hold.object.address, "read-write lock") + " for writing"
    case .semaphore: named(hold.object.address, isPython ? "lock" : "semaphore")
    default: named(hold.object.address, kind(functions) ?? "mutex")
    }
  }

  /// Foundation's locks are mutexes, and nobody who uses them thinks so.
  private func kind(_ functions: [String]) -> String? {
    let types = ["NSLock", "NSRecursiveLock", "NSConditionLock", "NSCondition"]
    return functions.lazy.compactMap { function in
      types.first { function.hasPrefix($0 + ".") }
    }.first
  }

  private func named(_ address: UInt, _ kind: String) -> String {
    if let variable = symbols.variable(at: address) {
      return variable.offset == 0
        ? "\(kind) '\(variable.name)'" : "\(kind) '\(variable.name)' + \(variable.offset)"
    }
    if let letter = letters[address] { return "\(kind) \(letter)" }
    let number = letters.count
    let letter =
      number < 26 ? String(UnicodeScalar(UInt8(65 + number))) : "#\(number + 1)"
    letters[address] = letter
    return "\(kind) \(letter)"
  }

  /// `dispatch_queue_s.dq_label`.
  private func queue(_ address: UInt) -> String {
    let label = memory.value(at: address + 72, as: UInt.self).flatMap { memory.text(at: $0) }
    return label.map { $0.isEmpty ? named(address, "queue") : "queue '\($0)'" }
      ?? named(address, "queue")
  }
}
