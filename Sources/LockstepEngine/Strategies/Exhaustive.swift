/// Every schedule that can be told from another, each once: optimal dynamic partial-order reduction.
///
/// One execution for each Mazurkiewicz trace. After each execution every race that it showed is
/// looked at: unless what is explored, or will be, covers the schedules in which the two steps have
/// changed places, the shortest beginning of such a schedule goes into the wakeup tree of the state
/// before the first of the two. The deepest state with something left in its tree is next.
///
/// Races whose second step is not new in an execution were looked at before. Most of them were
/// decided then; see `reverse(_:_:)` for those that were not.
///
/// (Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 2017, algorithm 2.) Memory: the states of
/// one path and their trees.
package struct Exhaustive: ExplorationStrategy, ~Copyable, Sendable {
  /// The state before a step of the current path.
  struct State: BitwiseCopyable, Sendable {
    /// Threads asleep: those from before, and those whose steps from here were explored.
    var sleeping: ThreadSet = .none
    /// Threads of `firstFinished`.
    var finished: ThreadSet = .none
    /// The steps from here that were explored, as a list in `tree`.
    var firstFinished: Int32 = -1
    /// The beginnings that are left to explore from here, as a list in `tree`.
    var firstPending: Int32 = -1
  }

  /// What was to be met at a step, and what was.
  package struct Mismatch: Equatable, Sendable, Codable {
    package var step: Int
    package var expected: Operation
    /// Nil where the thread could not take the step, or the execution was over.
    package var met: Operation?
  }

  /// Executions that were recorded, of whatever ending.
  package private(set) var executions = 0
  /// Executions cut short as repetitions.
  package private(set) var redundant = 0
  /// Executions that ended with threads waiting for good.
  package private(set) var deadlocked = 0
  /// Executions that did not follow their plan, or had more steps than allowed.
  package private(set) var incomplete = 0
  /// Most steps of an execution.
  package private(set) var maximumDepth = 0
  /// The first departure of an execution from what it was to repeat.
  package private(set) var firstMismatch: Mismatch?

  var history = HappensBefore()
  var states = Stack<State>()
  var tree = WakeupTree()
  /// The operations that the plan's prefix should meet from `plan.branch` on.
  private var expected: [Operation] = []
  private var plan = Plan()
  private var hasStarted = false
  /// A beginning that a race asks for, while it is looked at.
  var sequence = Stack<WakeupTree.Requested>()
  /// By their second steps, ascending.
  var openRaces = Stack<OpenRace>()

  package init() {}

  package mutating func next() -> Plan? {
    guard hasStarted else {
      hasStarted = true
      return plan
    }
    while let last = states.last, last.firstPending < 0 {
      tree.releaseAll(last.firstFinished)
      states.removeLast()
    }
    guard !states.isEmpty else { return nil }
    let branch = states.count - 1
    truncateOpenRaces(to: branch)
    if branch < history.steps.count {
      finish(history.steps[branch].operation, at: branch)
      history.truncate(to: branch)
    }
    makePlan(from: branch)
    return plan
  }

  package mutating func record(_ execution: borrowing Execution) {
    executions += 1
    switch execution.ending {
    case .redundant: redundant += 1
    case .deadlocked: deadlocked += 1
    case .stepLimit, .diverged, .crashed: incomplete += 1
    case .completed, .livelocked: break
    }
    guard follow(execution.trace, from: execution.repeated) else {
      abandon()
      return
    }
    reverseOpenRaces()
    // Where one thread ends the program, others may wait for what it holds.
    if execution.ending == .deadlocked || execution.ending == .completed {
      for blocked in execution.blocked {
        for first in history.races(ofBlocked: blocked) {
          // Who waits for a condition would have been woken there.
          let kind = blocked.kind == .wait ? .wake : blocked.kind
          reverse(
            first, Operation(thread: blocked.thread, kind: kind, object: blocked.object))
        }
      }
    }
    maximumDepth = max(maximumDepth, history.steps.count)
  }

  /// Forgets what an execution that left its plan was to show; the states above it stay.
  private mutating func abandon() {
    history.truncate(to: plan.branch)
    truncateOpenRaces(to: plan.branch)
    while states.count > plan.branch + 1, let last = states.popLast() {
      tree.releaseAll(last.firstPending)
      tree.releaseAll(last.firstFinished)
    }
  }

  /// The deepest state's current step was explored: its thread is asleep there from now on.
  private mutating func finish(_ operation: Operation, at branch: Int) {
    states[branch].firstFinished = tree.makeNode(
      operation, nextSibling: states[branch].firstFinished)
    states[branch].finished.insert(operation.thread)
    states[branch].sleeping.insert(operation.thread)
  }

  /// Goes down the leftmost branch of the state's wakeup tree, and leaves the rest to the states
  /// on the way.
  private mutating func makePlan(from branch: Int) {
    while plan.prefix.count > branch { plan.prefix.removeLast() }
    while plan.prefix.count < branch {
      plan.prefix.append(history.steps[plan.prefix.count].operation.thread)
    }
    plan.branch = branch
    plan.sleeping = states[branch].sleeping
    expected.clear()
    var pending = states[branch].firstPending
    var depth = branch
    while pending >= 0 {
      if depth >= states.count { states.append(State()) }
      let (operation, children) = tree.removeFirst(of: &pending)
      states[depth].firstPending = pending
      plan.prefix.append(operation.thread)
      expected.append(operation)
      pending = children
      depth += 1
    }
  }

  /// Takes up the steps of a trace, from the branch on as new ones; false if it left the plan.
  ///
  /// Those before `start` are known to be as they were.
  private mutating func follow(_ trace: [Event], from start: Int) -> Bool {
    let branch = plan.branch
    var step = start > 0 ? branch : 0
    let isAsPlanned = trace.withUnsafeBufferPointer { trace in
      for index in start..<max(trace.count, start) {
        let event = trace[index]
        if event.kind.isAnnotation {
          if step > branch || branch == 0 { history.annotate(event) }
          continue
        }
        if step < plan.prefix.count, !isExpected(event, at: step) { return false }
        if step >= branch { take(event, at: step) }
        step += 1
      }
      return true
    }
    guard isAsPlanned else { return false }
    guard step < plan.prefix.count else { return true }
    noteMismatch(at: step, met: nil)
    return false
  }

  private mutating func take(_ event: Event, at step: Int) {
    if step >= states.count {
      states.append(State(sleeping: event.sleeping))
    } else if step > plan.branch {
      states[step].sleeping = event.sleeping
    }
    history.append(event)
    guard !history.races.isEmpty else { return }
    for index in history.races.indices {
      reverse(Int(history.races[index]), event)
    }
  }

  private mutating func isExpected(_ event: Event, at step: Int) -> Bool {
    let met = event.operation
    let expected = expectation(at: step)
    if met.thread == expected.thread, met.object == expected.object,
      met.kind == expected.kind || met.kind == expected.kind.otherOutcome
    {
      return true
    }
    noteMismatch(at: step, met: met)
    return false
  }

  private func expectation(at step: Int) -> Operation {
    step < plan.branch ? history.steps[step].operation : expected[step - plan.branch]
  }

  private mutating func noteMismatch(at step: Int, met: Operation?) {
    guard firstMismatch == nil else { return }
    firstMismatch = Mismatch(step: step, expected: expectation(at: step), met: met)
  }
}
