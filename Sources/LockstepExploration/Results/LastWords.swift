internal import CLockstepRuntime
internal import Glibc
internal import LockstepEngine
internal import LockstepReport
internal import Synchronization

/// What is said when an execution ends the whole process: the schedule that led there.
enum LastWords {
  private struct Remembered {
    var name: String
    var identity: UInt32
    /// Up to the token and from there on.
    var replayCommand: [Substring]
  }

  /// Explorations under way, by the runtime's handle.
  private static let remembered = Mutex<[UInt: Remembered]>([:])
  private static let isInstalled = Atomic<Bool>(false)

  /// Tells the runtime whom to call on a crash or at the watchdog's end, and how errors are called.
  static func install() {
    guard !isInstalled.exchange(true, ordering: .relaxed) else { return }
    if let seconds = Environment.watchdogSeconds { lks_setWatchdog(seconds) }
    lks_setLastWords { reason, exploration in
      LastWords.speak(String(cString: reason), exploration)
    }
    installDescribers()
  }

  /// Tells the runtime how variables and errors are called.
  static func installDescribers() {
    lks_setExtentFinder { address, block, size in
      let block = size > 0 ? HeapBlock(base: UInt(block), size: UInt(size)) : nil
      let extent = VariableExtent.size(
        at: UInt(address), in: block, symbols: FindingDescriber.symbolizer.symbols)
      return UInt32(clamping: extent ?? 0)
    }
    lks_setErrorDescriber { error, text, size in
      let error = unsafeBitCast(error, to: (any Error).self)
      let bytes = "\(error)".utf8.prefix(size - 1)
      for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
      text[bytes.count] = 0
    }
  }

  /// Remembers an exploration's name for as long as a closure runs.
  static func remembering<Result>(
    _ configuration: Configuration, of native: NativeExploration, _ body: () throws -> Result
  ) rethrows -> Result {
    let key = UInt(bitPattern: native.handle)
    let entry = Remembered(
      name: configuration.name, identity: configuration.identity,
      replayCommand: configuration.replayCommand("\0")
        .split(separator: Character("\0"), omittingEmptySubsequences: false))
    remembered.withLock { $0[key] = entry }
    defer { remembered.withLock { $0[key] = nil } }
    return try body()
  }

  /// Called on the crashed thread or by the watchdog; the process ends right after.
  private static func speak(_ reason: String, _ exploration: OpaquePointer) {
    let key = UInt(bitPattern: exploration)
    let entry = remembered.withLockIfAvailable { $0[key] } ?? nil
    guard let entry else { return }
    var count = 0
    let events = UnsafeBufferPointer(start: lks_trace(exploration, &count), count: count)
    let execution = Execution(ending: .stepLimit, trace: events.map { Event($0) })
    let schedule = Schedule(
      of: execution, build: BuildIdentity.current, test: entry.identity)
    let summary = "Crash: an execution of '\(entry.name)' \(reason)"
    say(
      """

      lockstep: \(summary)
      schedule: \(schedule.token)
      replay: \(entry.replayCommand.joined(separator: schedule.token))

      """)
    let finding = FindingReport(
      kind: "crash", summary: summary, schedule: schedule.token,
      preemptions: execution.preemptionCount, threads: [], events: [])
    ResultsFolder.write(crash: finding, of: entry.name)
  }

  /// Writes to standard error, past all buffers.
  static func say(_ text: String) {
    FileOutput.write(text, to: STDERR_FILENO)
  }
}
