internal import CAffinity
internal import Foundation
internal import Synchronization

/// A program run to its end on one core, and what that took.
struct PinnedProcess {
  /// How it went.
  struct Outcome {
    /// The exit code, or 128 and the signal's number.
    var code: Int32
    var output: String
    /// Wall clock, from before the start to after the end.
    var seconds: Double
    /// Most memory that was resident at a time.
    var peakResidentKiB: Int
    /// Resident memory now and then, if that was asked for.
    var residentKiB: [Int]
  }

  let program: String
  let arguments: [String]
  let core: Int

  /// How a person would type it.
  var command: String {
    (["taskset", "-c", "\(core)", program] + arguments).joined(separator: " ")
  }

  /// Runs it, and looks at its memory every 50 ms if `samplesMemory`.
  ///
  /// - Throws: `BenchmarkError` when it cannot be started.
  func run(samplesMemory: Bool = false) throws -> Outcome {
    let output = FileManager.default.temporaryDirectory
      .appendingPathComponent("exhaust-\(getpid())-\(UInt64.random(in: 0 ... .max))").path
    defer { unlink(output) }
    let clock = ContinuousClock()
    let start = clock.now
    let child = try spawn(writingTo: output)
    let sampler = samplesMemory ? MemorySampler(child) : nil
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
    let seconds = (clock.now - start) / .seconds(1)
    let signal = status & 0x7f
    return Outcome(
      code: signal == 0 ? status >> 8 & 0xff : 128 + signal,
      output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "", seconds: seconds,
      peakResidentKiB: usage.ru_maxrss, residentKiB: sampler?.stop() ?? [])
  }

  /// Starts the child from a thread that is pinned itself: a child inherits that.
  private func spawn(writingTo output: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    let pinError = affinity_pin(Int32(core))
    guard pinError == 0 else { throw BenchmarkError.cannotPin(core, code: pinError) }
    defer { _ = affinity_unpin() }
    var child = pid_t()
    let error = posix_spawnp(&child, program, &actions, nil, words, environ)
    guard error == 0 else { throw BenchmarkError.cannotStart(program, code: error) }
    return child
  }
}

/// Reads a process's resident memory every 50 ms, on a thread of its own.
private final class MemorySampler: Sendable {
  private let state = Mutex<(samples: [Int], isStopped: Bool)>(([], false))

  init(_ process: pid_t) {
    Thread.detachNewThread { [self] in
      while state.withLock({ !$0.isStopped }) {
        if let resident = Self.residentKiB(of: process) {
          state.withLock { $0.samples.append(resident) }
        }
        usleep(50_000)
      }
    }
  }

  func stop() -> [Int] {
    state.withLock {
      $0.isStopped = true
      return $0.samples
    }
  }

  private static func residentKiB(of process: pid_t) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
    else { return nil }
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  }
}
