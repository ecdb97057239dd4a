import Foundation
import LockstepReport

/// One look at a process: what its threads do, and what they hold.
///
/// The parts are read one after the other while the process runs, so that a single look may show what
/// never was. `ProcessWatch` believes only what two looks show of threads that did nothing in between.
struct ProcessSnapshot {
  let process: Int32
  /// Threads that exist, by id; those that ended and are not yet gone left out.
  let tasks: [Int32: TaskState]
  let table: WatchTable
  let activities: [Int32: ThreadActivity]

  /// Looks; nil when the process is gone, or another program now.
  ///
  /// - Parameters:
  ///   - process: its id.
  ///   - tasks: its threads, read just now.
  ///   - tableAddress: where it keeps its `LKWTable`.
  ///   - symbols: of the process, to know libdispatch's own waits by.
  init?(
    of process: Int32, tasks: [TaskState], tableAddress: UInt, symbols: ImageSymbols
  ) {
    let tasks = tasks.filter { !$0.hasEnded }
    guard !tasks.isEmpty, let table = WatchTable(of: process, at: tableAddress) else { return nil }
    self.process = process
    self.tasks = Dictionary(tasks.map { ($0.thread, $0) }) { first, _ in first }
    self.table = table
    let reader = WaitReader(
      memory: ProcessMemory(process: process), symbols: symbols, table: table,
      threads: Set(tasks.map(\.thread)))
    activities = self.tasks.mapValues { reader.activity(of: $0) }
  }

  var waits: [Int32: Wait] {
    activities.compactMapValues {
      if case .waits(let wait) = $0 { wait } else { nil }
    }
  }

  /// Handlers of the program's own for signals that somebody may send, or POSIX timers.
  func canBeWokenFromOutside() -> Bool {
    let fields = TaskState.fields(of: TaskState.text("/proc/\(process)/status") ?? "")
    guard var caught = fields["SigCgt"].flatMap({ UInt64($0, radix: 16) }) else { return true }
    // What comes of a thread's own faults wakes no other, and glibc keeps 32 and 33 to itself.
    let faults = Self.mask([SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV])
    // Swift's backtraces catch them all, and SIGQUIT with them.
    if caught & faults == faults { caught &= ~Self.mask([SIGQUIT]) }
    caught &= ~(faults | Self.mask([SIGPIPE, SIGSYS, 32, 33]))
    if let own = table.pythonSignal { caught &= ~Self.mask([own]) }
    let timers = TaskState.text("/proc/\(process)/timers") ?? ""
    return caught != 0 || !timers.isEmpty
  }

  private static func mask(_ signals: [Int32]) -> UInt64 {
    signals.reduce(0) { $0 | 1 << UInt64($1 - 1) }
  }
}
