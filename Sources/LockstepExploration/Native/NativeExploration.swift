internal import CLockstepRuntime
internal import LockstepEngine
internal import LockstepReport

/// The C runtime's exploration, with Swift values in and out.
///
/// Belongs to the thread that made it: executions are carried out on that kernel thread.
final class NativeExploration {
  let handle: OpaquePointer
  /// The relation that the runtime reads for as long as an exploration lives.
  private nonisolated(unsafe) static let dependence: UnsafePointer<UInt8> = {
    let matrix = Independence.matrix
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: matrix.count)
    copy.initialize(from: matrix, count: matrix.count)
    return UnsafePointer(copy)
  }()
  /// The program whose executions are processes of their own; nil where they are this one's.
  private let program: ProgramBody?
  /// Whether waits for conditions may end for nothing: in all executions, or their steps differ.
  private let wakesForNothing: Bool

  /// - Parameters:
  ///   - mode: how threads take turns.
  ///   - wakesForNothing: whether a wait for a condition may end for nothing.
  /// - Throws: `ExplorationError.noMemory` when its region of memory cannot be reserved.
  init(mode: LKSMode, wakesForNothing: Bool = false) throws {
    self.wakesForNothing = wakesForNothing
    guard let handle = lks_explorationCreate(mode, Self.dependence) else {
      throw ExplorationError.noMemory
    }
    self.handle = handle
    program = nil
  }

  /// An exploration of the program that this process is stopped at the beginning of.
  ///
  /// - Throws: `ExplorationError.noMemory`.
  init(of program: ProgramBody, wakesForNothing: Bool = false) throws {
    self.wakesForNothing = wakesForNothing
    guard let handle = lks_programCreate(Self.dependence) else {
      throw ExplorationError.noMemory
    }
    self.handle = handle
    self.program = program
  }

  /// The exploration as its execution's own process sees it, when that is over.
  init(inspecting handle: OpaquePointer, of program: ProgramBody) {
    self.handle = handle
    self.program = program
    wakesForNothing = false
    program.end = lks_processEnd(handle)
  }

  /// Whether an execution's end, however it comes about, leaves the next one undisturbed, and each
  /// begins as the first one did.
  var isolatesExecutions: Bool { program != nil }

  /// Whether a crashed execution may disturb those that follow, or took the time of many.
  func isDisturbed(by crashed: borrowing Execution) -> Bool {
    crashed.isStuck || !isolatesExecutions && !crashed.endsBeforeHarm
  }

  deinit { lks_explorationDestroy(handle) }

  /// The mode that this machine allows and the environment asks for.
  static var mode: LKSMode {
    Environment.handsOver || !lks_canAdoptContexts() ? LKS_HAND_OVER : LKS_ADOPT_CONTEXTS
  }

  /// Carries out one schedule of a body and leaves its memory in place until `finish()`.
  func run(_ plan: NativePlan, _ runner: BodyRunner) -> LKSEnding {
    runner.body.prepare()
    guard let program else {
      return withNative(plan) { native in
        lks_run(
          handle, &native,
          { argument in
            guard let argument else { return }
            Unmanaged<BodyRunner>.fromOpaque(argument).takeUnretainedValue().body.run()
          }, Unmanaged.passUnretained(runner).toOpaque())
      }
    }
    let ending = withNative(plan) { lks_runProgram(handle, &$0, &program.end) }
    program.keptOutput = output
    return ending
  }

  /// Carries out one schedule of the program, and has it looked at before its process ends.
  ///
  /// - Returns: what the look gave; nil where the process ended before.
  func inspect<Question: Encodable, Answer: Decodable>(
    _ plan: NativePlan, asking question: Question, for _: Answer.Type
  ) -> Answer? {
    guard let program, let json = try? JSONValue(encoding: question).compactText else { return nil }
    program.prepare()
    var text = json
    _ = withNative(plan) { native in
      text.withUTF8 { bytes in
        bytes.baseAddress.map {
          lks_inspectProgram(handle, &native, $0, bytes.count, &program.end)
        }
      }
    }
    var count = 0
    guard let bytes = lks_takeAnswer(&count) else { return nil }
    let answer = UnsafeRawBufferPointer(start: bytes, count: count)
    return try? JSONValue(parsing: answer).decoded(as: Answer.self)
  }

  /// Carries out one schedule of the program in a process that a debugger looks at.
  ///
  /// - Parameters:
  ///   - plan: the schedule, with a stop.
  ///   - begin: is told of the process, which waits for the debugger.
  /// - Returns: whether there was such a process; comes back when it has ended.
  func debug(_ plan: NativePlan, begin: (_ process: Int32) -> Void) -> Bool {
    guard let program else { return false }
    program.prepare()
    let process = withNative(plan) { lks_debugProgram(handle, &$0) }
    if process != 0 { begin(process) }
    lks_awaitDebugged()
    return process != 0
  }

  private func withNative<Result>(_ plan: NativePlan, _ body: (inout LKSPlan) -> Result) -> Result {
    // A thread is one byte, its number.
    plan.plan.prefix.withUnsafeBytes { prefix in
      var native = LKSPlan()
      native.prefix = prefix.baseAddress?.assumingMemoryBound(to: UInt8.self)
      native.prefixCount = prefix.count
      native.sleeping = plan.plan.sleeping.rawValue
      native.branch = UInt32(plan.plan.branch)
      native.stepLimit = plan.stepLimit
      native.detailed = plan.isDetailed
      native.repeats = plan.repeats
      native.learnsNothing = plan.learnsNothing
      native.wakesForNothing = wakesForNothing
      native.endsAtRound = plan.plan.endsAtRound
      native.stopStep = UInt32(plan.stop?.step ?? 0)
      native.stopThread = plan.stop?.thread ?? 0
      switch plan.plan.continuation {
      case .nonPreemptive: native.continuation = LKS_NON_PREEMPTIVE
      case .random(let seed):
        native.continuation = LKS_RANDOM
        native.seed = seed
      }
      return body(&native)
    }
  }

  /// Gives the last execution's memory back.
  func finish() {
    // A process's memory went with it.
    if program == nil { lks_finish(handle) }
  }

  /// Fills an execution with what the last run left, reusing its storage.
  func read(_ ending: LKSEnding, into execution: inout Execution) {
    execution.ending = self.ending(ending)
    let repeated = min(lks_repeatedEvents(handle), execution.trace.count)
    execution.repeated = repeated
    execution.trace.removeLast(execution.trace.count - repeated)
    execution.append(UnsafeBufferPointer(rebasing: events.records[repeated...]))
    if !execution.blocked.isEmpty { execution.blocked.removeAll(keepingCapacity: true) }
    for blocked in self.blocked { execution.blocked.append(Execution.Blocked(blocked)) }
  }

  /// The last run's events, valid until the next one.
  var events: UnsafeBufferPointer<LKSEvent> {
    var count = 0
    return UnsafeBufferPointer(start: lks_trace(handle, &count), count: count)
  }

  var blocked: UnsafeBufferPointer<LKSBlocked> {
    var count = 0
    return UnsafeBufferPointer(start: lks_blocked(handle, &count), count: count)
  }

  private func ending(_ ending: LKSEnding) -> Execution.Ending {
    switch ending {
    case LKS_COMPLETED: return .completed
    case LKS_DEADLOCKED: return .deadlocked
    case LKS_REDUNDANT: return .redundant
    case LKS_CRASHED: return .crashed
    case LKS_LIVELOCKED: return .livelocked
    case LKS_DIVERGED:
      var step: UInt32 = 0
      _ = lks_divergence(handle, &step)
      return .diverged(step: Int(step))
    default: return .stepLimit
    }
  }

  /// Whether the last execution had fewer steps than it should have, or more than later ones.
  var isWarmUp: Bool { lks_sharedGrew(handle) || lks_initialisedOnce(handle) }

  /// How often a thread was taken off in the last execution although it could have gone on.
  var preemptions: Int { Int(lks_preemptions(handle)) }

  var threadCount: Int { Int(lks_threadCount(handle)) }

  /// What was met that is not controlled, each once.
  ///
  /// - Parameters:
  ///   - body: what was run, which may be a task, whatever became of it.
  ///   - configuration: says how to prove that tasks are seen.
  /// - Returns: their names.
  func uncontrolled(_ body: any ExploredBody, _ configuration: Configuration) -> [String] {
    let unseen = body.isTask || lks_ranTasks(handle) ? configuration.unseenOfTasks() : []
    return unseen
      + (0..<lks_uncontrolledCount(handle)).compactMap { index in
        lks_uncontrolledName(handle, index).map { String(cString: $0) }
      }
  }

  var output: String {
    var count = 0
    guard let bytes = lks_output(handle, &count) else { return "" }
    return bytes.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
      String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
  }

  /// Program counter and callers of a step of a detailed execution, innermost first.
  func stack(_ index: UInt32) -> [UInt] {
    var count = 0
    guard let words = lks_stack(handle, index, &count) else { return [] }
    return Array(UnsafeBufferPointer(start: words, count: count))
  }
}

/// A plan, with what only the runtime needs to know.
struct NativePlan {
  var plan = Plan()
  var stepLimit: UInt32
  var isDetailed = false
  /// Whether the steps before the branch are those of the run before.
  var repeats = false
  /// Whether later executions are to have the steps that earlier ones had, whatever this one meets.
  var learnsNothing = false
  /// Where a debugger is to find it.
  var stop: DebuggerStop?
}

/// A body on its way through C.
final class BodyRunner {
  let body: any ExploredBody

  init(_ body: any ExploredBody) { self.body = body }
}

extension Event {
  /// - Precondition: The event was written by the runtime, whose numbers are the engine's.
  init(_ event: LKSEvent) {
    self = withUnsafeBytes(of: event) { Event($0.loadUnaligned(as: Record.self)) }
  }
}

extension UnsafeBufferPointer<LKSEvent> {
  /// The same, as the engine knows it.
  var records: UnsafeBufferPointer<Event.Record> {
    UnsafeBufferPointer<Event.Record>(
      start: UnsafeRawPointer(baseAddress)?.assumingMemoryBound(to: Event.Record.self),
      count: count)
  }
}

extension Execution.Blocked {
  init(_ blocked: LKSBlocked) {
    self.init(
      thread: ThreadID(blocked.thread), kind: Event.Kind(rawValue: blocked.kind) ?? .lock,
      object: ObjectID(blocked.object), other: ObjectID(blocked.other),
      programCounter: blocked.programCounter, awaits: blocked.awaits,
      holder: blocked.holder < LKS_MAXIMUM_THREADS ? ThreadID(blocked.holder) : nil,
      otherSize: blocked.otherSize)
  }
}
