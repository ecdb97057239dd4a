import Foundation

/// What the kernel says of one thread: see proc(5), `/proc/pid/task/tid`.
struct TaskState: Equatable {
  /// A system call that a thread sleeps in.
  struct SystemCall: Equatable {
    var number: Int
    var arguments: [UInt]
    var stackPointer: UInt
    var programCounter: UInt
  }

  var thread: Int32
  /// `S` sleeping, `R` running, `Z` ended, `T` stopped, ...
  var state: Character
  /// How often the thread gave up a processor: while the number stays, the thread has done nothing.
  var switches: Int
  /// Nil while it runs, and where it sleeps outside of system calls.
  var call: SystemCall?
  var name: String

  var hasEnded: Bool { "ZX".contains(state) }

  /// All threads of a process; none when it is gone.
  static func tasks(of process: Int32) -> [TaskState] {
    let folder = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return threads.compactMap(Int32.init).sorted().compactMap { thread in
      guard let status = text("\(folder)/\(thread)/status") else { return nil }
      return TaskState(
        thread: thread, status: status, call: text("\(folder)/\(thread)/syscall") ?? "")
    }
  }

  /// - Parameters:
  ///   - thread: its id.
  ///   - status: lines of `status`.
  ///   - line: of `syscall`.
  init(thread: Int32, status: String, call line: String) {
    self.thread = thread
    (name, state, switches) = ("", "?", 0)
    // Read for every thread at every look: only the few lines that are needed are made strings of.
    for line in status.utf8.split(separator: UInt8(ascii: "\n"))
    where "NSvn".utf8.contains(line.first ?? 0) {
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { continue }
      let value = String(Substring(line[line.index(after: tab)...]))
      switch String(Substring(line[..<tab])) {
      case "Name:": name = value
      case "State:": state = value.first ?? "?"
      case "voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:": switches += Int(value) ?? 0
      default: break
      }
    }
    let words = line.split(whereSeparator: \.isWhitespace)
    let numbers = words.dropFirst().compactMap { UInt($0.dropFirst(2), radix: 16) }
    if let number = words.first.flatMap({ Int($0) }), number >= 0, numbers.count == 8 {
      call = SystemCall(
        number: number, arguments: Array(numbers.prefix(6)), stackPointer: numbers[6],
        programCounter: numbers[7])
    }
  }

  /// The lines `Name:	value` of a status file.
  static func fields(of status: String) -> [Substring: String] {
    let pairs = status.split(separator: "\n").compactMap { line -> (Substring, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
      return (line[..<colon], String(value))
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Files of `/proc` have no size, so that they are read to their end.
  static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { buffer in
        let count = read(file, buffer.baseAddress, buffer.count)
        if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
        return count
      }
      guard count > 0 else { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A wait for a word of memory: see futex(2).
struct FutexWait: Equatable {
  var address: UInt
  /// The word is an owner's thread id, and the kernel hands it on.
  var isPriorityInheriting: Bool
  /// Other processes may share the word.
  var isShared: Bool
  var isTimed: Bool

  /// - Returns: nil for another system call, or for one that does not wait.
  init?(_ call: TaskState.SystemCall) {
    guard call.number == 202 else { return nil }
    let command = call.arguments[1] & 127
    // FUTEX_WAIT, WAIT_BITSET, WAIT_REQUEUE_PI; LOCK_PI, LOCK_PI2.
    guard [0, 9, 11, 6, 13].contains(command) else { return nil }
    address = call.arguments[0]
    isPriorityInheriting = command == 6 || command == 13
    isShared = call.arguments[1] & 128 == 0
    isTimed = call.arguments[3] != 0
  }
}
