internal import CLockstepRuntime
internal import Glibc

/// A whole program: what it wrote, and what it ended with, is an outcome.
///
/// Its executions are processes that share this one's descriptors: each reads the standard input anew,
/// and standard output and error are one file that is emptied before each.
final class ProgramBody: ExploredBody {
  /// What the program is to end with.
  private let expectedStatus: Int32
  /// How the latest execution's process ended, for the exploration to say.
  var end = LKSProcessEnd()
  /// What the runtime kept of what it wrote.
  var keptOutput = ""
  private(set) var outcomes: [String: Int] = [:]
  var isShown = false

  /// Whether it is a test, whose status is that it failed.
  private let isTest: Bool

  init(expectedStatus: Int32, isTest: Bool) {
    self.expectedStatus = expectedStatus
    self.isTest = isTest
  }

  func prepare() {
    lseek(STDIN_FILENO, 0, SEEK_SET)
    guard strayBytes > 0 else { return }
    ftruncate(STDOUT_FILENO, 0)
    lseek(STDOUT_FILENO, 0, SEEK_SET)
  }

  /// Never called: the program begins with its own `main`.
  func run() {}

  func collect(counting: Bool) -> BodyResult {
    if end.isCut { return BodyResult() }
    guard end.hasExited else { return BodyResult(isUnfinished: true) }
    var result = BodyResult()
    if counting { outcomes[outcome, default: 0] += 1 } else { result.outcome = outcome.hashValue }
    guard end.exitStatus != expectedStatus else { return result }
    if isTest {
      result.failedExpectation = output.trimmed(toLines: 4)
    } else {
      result.exitStatus = end.exitStatus
    }
    return result
  }

  func restart() { outcomes = [:] }

  // MARK: Output

  /// What the latest execution wrote past the functions that are seen, and then by them.
  var output: String { strayOutput + keptOutput }

  private var strayBytes: Int { max(0, lseek(STDOUT_FILENO, 0, SEEK_END)) }

  /// Most bytes of it that are looked at.
  private static let maximumStrayBytes = 1 << 16

  private var strayOutput: String {
    let count = min(strayBytes, Self.maximumStrayBytes)
    guard count > 0 else { return "" }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = max(0, pread(STDOUT_FILENO, buffer.baseAddress, count, 0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Most characters of an outcome's text; what is longer is told apart by a number.
  private static let longestOutcome = 100

  private var outcome: String {
    let output = output
    let trimmed = output.split(separator: "\n", omittingEmptySubsequences: true)
      .joined(separator: " | ")
    var text = trimmed
    if trimmed.count > Self.longestOutcome {
      let digest = output.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
      text = trimmed.prefix(Self.longestOutcome) + "… (\(output.utf8.count) bytes, #\(digest))"
    }
    if text.isEmpty { return "exit status \(end.exitStatus)" }
    return end.exitStatus == 0 ? text : text + " (exit status \(end.exitStatus))"
  }
}

extension String {
  /// Its first lines that are not empty, in one line.
  fileprivate func trimmed(toLines count: Int) -> String {
    split(separator: "\n", omittingEmptySubsequences: true).prefix(count).joined(separator: " | ")
  }
}
