import Foundation
import LockstepExploration
import LockstepTerminal

@_silgen_name("personality") private func personality(_ persona: UInt) -> Int32
@_silgen_name("memfd_create") private func memfd_create(
  _ name: UnsafePointer<CChar>, _ flags: UInt32
) -> Int32

/// The process that explores a program: the program itself, stopped before its `main`.
///
/// It has a process group of its own, and so has each of its children: an interrupt is for us, and
/// handed on. What becomes of it is known by its end of a pipe, whatever ends it.
final class ServerProcess {
  private let process: pid_t
  private let answers: FileHandle
  private let outputDescriptor: Int32
  private var relay: SignalRelay
  private var buffer = Data()
  private var hasEnded = false
  private var hasAnswered = false
  /// Seconds that a program's constructors may take.
  private let startLimit: Int32
  private(set) var wasInterrupted = false

  /// Starts it.
  ///
  /// - Parameters:
  ///   - path: the program's file.
  ///   - arguments: its own, its name first.
  ///   - libraries: what is put into the program; none for one that has them.
  ///   - request: what it is to do.
  /// - Throws: `CommandError` when the program cannot be started.
  init(path: String, arguments: [String], libraries: [String], request: ProgramRequest) throws {
    startLimit = Int32(clamping: request.timeLimit * 3)
    let input = try Self.keptInput()
    defer { close(input) }
    outputDescriptor = try Self.memoryFile("output")
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw CommandError.cannotRun(program: path, reason: String(cString: strerror(errno)))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    answers = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
    var environment = ProcessInfo.processInfo.environment
    let text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    environment[ProgramRequest.environmentVariable] = text
    environment["LD_PRELOAD"] = (libraries + [environment["LD_PRELOAD"]].compactMap(\.self))
      .joined(separator: ":")
    if let testCase = request.testCase {
      environment[ProgramRequest.testVariable] = "\(testCase)"
    }
    // Each child would bind every function anew that it calls.
    environment["LD_BIND_NOW"] = environment["LD_BIND_NOW"] ?? "1"
    environment["SWIFT_BACKTRACE"] = environment["SWIFT_BACKTRACE"] ?? "enable=no"
    relay = SignalRelay()
    defer { close(ends[1]) }
    do {
      process = try Self.startUnrandomised(
        ProgramStart(
          path: path, arguments: arguments, environment: environment,
          descriptors: [(input, 0), (outputDescriptor, 1), (outputDescriptor, 2), (ends[1], 3)],
          hasOwnGroup: true))
    } catch {
      _ = relay.stop()
      close(outputDescriptor)
      throw error
    }
    relay.start(to: process)
  }

  /// The next line that it says; nil at its end.
  func nextAnswer() -> ProgramAnswer? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[..<end]
        buffer = Data(buffer[buffer.index(after: end)...])
        if let answer = try? JSONDecoder().decode(ProgramAnswer.self, from: line) { return answer }
        continue
      }
      guard waitForAnswer() else { return nil }
      let more = answers.availableData
      if more.isEmpty { return nil }
      buffer += more
    }
  }

  /// False when the program does not come to its `main`.
  private func waitForAnswer() -> Bool {
    guard !hasAnswered else { return true }
    var descriptor = pollfd(fd: answers.fileDescriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let count = poll(&descriptor, 1, startLimit * 1000)
      if count < 0, errno == EINTR { continue }
      hasAnswered = count > 0
      if count == 0 { kill(-process, SIGKILL) }
      return count > 0
    }
  }

  /// Waits for the process, and says how it ended.
  func waitForEnd() -> String {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    hasEnded = true
    wasInterrupted = relay.stop() != nil
    let signal = status & 0x7F
    if signal != 0 { return "was ended by signal \(signal)" }
    return "ended with exit status \((status >> 8) & 0xFF)"
  }

  /// Hands no signals on while somebody else has the terminal.
  func leavingTerminal(to body: () throws -> Void) rethrows {
    _ = relay.stop()
    defer {
      relay = SignalRelay()
      relay.start(to: process)
    }
    try body()
  }

  /// What it wrote itself, before the program began.
  var output: String {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = pread(outputDescriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// Leaves nothing of it behind.
  func end() {
    if !hasEnded {
      kill(-process, SIGKILL)
      _ = waitForEnd()
    }
    close(outputDescriptor)
  }

  // MARK: Making it

  private static func memoryFile(_ name: String) throws -> Int32 {
    // Closed where a program is started: MFD_CLOEXEC.
    let descriptor = memfd_create("lockstep-\(name)", 1)
    guard descriptor >= 0 else {
      throw CommandError.noMemoryForInput(reason: String(cString: strerror(errno)))
    }
    return descriptor
  }

  /// All of our standard input, to be read again by each execution; nothing of a terminal's.
  private static func keptInput() throws -> Int32 {
    let kept = try memoryFile("input")
    guard isatty(STDIN_FILENO) == 0 else { return kept }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      guard write(kept, chunk, count) == count else {
        let reason = String(cString: strerror(errno))
        close(kept)
        throw CommandError.noMemoryForInput(reason: reason)
      }
    }
    lseek(kept, 0, SEEK_SET)
    return kept
  }

  /// Starts it with addresses that are the same in every process.
  private static func startUnrandomised(_ start: ProgramStart) throws -> pid_t {
    // See personality(2), ADDR_NO_RANDOMIZE. Where that is not allowed, the addresses differ, and only
    // what the program prints of them does.
    let former = personality(0xFFFF_FFFF)
    if former >= 0 { _ = personality(UInt(former) | 0x0040000) }
    defer { if former >= 0 { _ = personality(UInt(former)) } }
    return try start.start()
  }
}
