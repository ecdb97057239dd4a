/// Every schedule with no preemption, then every one with one, with two, and so on.
///
/// A preemption is counted as `Execution.preemptionCount` does. Schedules of one Mazurkiewicz class
/// are not told apart: of each class that has a schedule within the bound, one is explored, with the
/// fewest preemptions that any has. Where nothing is left beyond the bound, that was all there is.
///
/// After each execution, the steps that other threads could have taken instead are looked at. What a
/// thread would have done is known from its next step in the trace, and so is the class that this
/// makes of the beginning. It is explored later, unless that class was reached before
/// - with fewer preemptions: whatever follows there, follows on the other schedule with at most one
///   preemption more, that of its first step, and nothing differs after that;
/// - with as many, and every next step was free; or by a step of the same thread.
///
/// A schedule within the bound is covered step by step: if its beginning is covered by a visit of
/// its class in this sense, then the visit's own next steps, each explored, kept or covered in turn,
/// have among them the schedule's, with no more preemptions. An execution that comes to where one
/// was before with the same standing goes on as that one did, and is looked at no further.
///
/// Equal classes are recognised by 128 bits, and are taken to be equal states, which rests on
/// `Independence` and `HappensBefore`. Whether a thread gave way is a matter of its own past, except
/// for a thread that the runtime makes give way after a turn of a thousand steps: that it may be
/// interrupted without a preemption can be missed then, until the next bound.
///
/// - Complexity: An execution for each class of beginnings and thread that is not covered, in time
///   O(steps × threads²). Memory: 64 bytes for each class of beginnings (up to `classLimit`, after
///   which schedules are repeated but none is lost) and 40 for each departure that is left (up to
///   `frontierLimit`, beyond which they are forgotten; see `overflowedBound`).
///
/// (Musuvathi, Qadeer: Iterative context bounding, PLDI 2007; the same: Partial-order reduction for
/// context-bounded state exploration, MSR-TR-2007-12.)
package struct PreemptionBounded: ExplorationStrategy, Sendable {
  /// The most preemptions of a schedule; nil if as many as there can be.
  package internal(set) var limit: Int?
  /// Executions that were recorded, of whatever ending.
  package private(set) var executions = 0
  /// Executions that ended with threads waiting for good.
  package private(set) var deadlocked = 0
  /// Executions that did not follow their plan, or had more steps than allowed.
  package private(set) var incomplete = 0
  /// Most steps of an execution that were looked at.
  package private(set) var maximumDepth = 0
  /// Preemptions of the schedules that are being explored.
  package private(set) var bound = 0
  /// Every schedule with at most so many preemptions was explored; nil before the first bound.
  package private(set) var finishedBound: Int?
  /// The first departure of an execution from what it was to repeat.
  ///
  /// If that is before the step where its plan leaves another one, and no longer known, then it is
  /// said of that step.
  package private(set) var firstMismatch: Exhaustive.Mismatch?

  var history = HappensBefore()
  /// Classes of the beginnings of the latest execution, as far as it was looked at.
  private var classes = [ClassHash()]
  private var visited: VisitedClasses
  var frontier: PreemptionFrontier
  /// Where the current plan leaves the schedule that it is made from; nil for the first.
  private var departure: PreemptionFrontier.Departure?
  /// The schedule of the current execution, once something departs from it.
  private var schedule: Int32 = -1
  private var lastDeparture = 0
  private var outlook = Outlook()
  private var plan = Plan()
  private var hasStarted = false
  private var hasEnded = false

  /// - Parameters:
  ///   - limit: The most preemptions; nil to go on until nothing is left.
  ///   - frontierLimit: The most departures to keep at a time.
  ///   - classLimit: The most classes of beginnings to remember.
  package init(limit: Int? = nil, frontierLimit: Int = 1 << 22, classLimit: Int = 1 << 22) {
    self.limit = limit
    frontier = PreemptionFrontier(limit: frontierLimit)
    visited = VisitedClasses(limit: classLimit)
  }

  /// The least bound at which something was left out for want of room; nil if nothing was.
  package var overflowedBound: Int? { frontier.overflowedBound }

  /// Departures that are kept to be explored, within the bound and with one preemption more.
  package var departuresLeft: Int { frontier.current.count + frontier.beyond.count }

  /// Whether no schedule is left, within the limit or beyond, so that what was seen is all.
  ///
  /// Executions that are counted as `incomplete` are the caller's to judge.
  package var leavesNothingOut: Bool {
    hasEnded && frontier.isEmpty && frontier.overflowedBound == nil
  }

  package mutating func next() -> Plan? {
    guard hasStarted else {
      hasStarted = true
      return plan
    }
    if let departure { frontier.schedules.release(departure.schedule) }
    departure = nil
    while !hasEnded {
      while let next = frontier.popLast() {
        guard Self.isCovered(next, preemptions: bound, visited) else {
          makePlan(next)
          return plan
        }
        frontier.schedules.release(next.schedule)
      }
      finishBound()
    }
    return nil
  }

  private mutating func finishBound() {
    if frontier.overflowedBound.map({ $0 > bound }) ?? true { finishedBound = bound }
    let (visited, preemptions) = (visited, bound + 1)
    frontier.forgetBeyond { Self.isCovered($0, preemptions: preemptions, visited) }
    if frontier.isEmpty || limit.map({ $0 <= bound }) ?? false {
      hasEnded = true
    } else {
      bound += 1
      frontier.raiseBound()
    }
  }

  private static func isCovered(
    _ departure: PreemptionFrontier.Departure, preemptions: Int, _ visited: VisitedClasses
  ) -> Bool {
    departure.isForeseen
      && visited.covers(departure.hash, last: departure.thread, preemptions: preemptions)
  }

  private mutating func makePlan(_ departure: PreemptionFrontier.Departure) {
    self.departure = departure
    frontier.schedules.getThreads(
      of: departure.schedule, count: Int(departure.step), into: &plan.prefix)
    plan.prefix.append(departure.thread)
    plan.branch = plan.prefix.count
    var common = 0
    let most = min(history.steps.count, plan.prefix.count)
    while common < most, history.steps[common].operation.thread == plan.prefix[common] {
      common += 1
    }
    history.truncate(to: common)
    classes.removeLast(classes.count - common - 1)
  }

  package mutating func record(_ execution: borrowing Execution) {
    executions += 1
    switch execution.ending {
    case .deadlocked: deadlocked += 1
    case .redundant, .stepLimit, .diverged: incomplete += 1
    case .completed, .crashed: break
    }
    outlook.look(at: execution, from: plan.prefix.count)
    schedule = -1
    follow(execution)
    maximumDepth = max(maximumDepth, history.steps.count)
    guard schedule >= 0 else { return }
    let start = departure.map { Int($0.step) } ?? 0
    frontier.schedules.setThreads(
      of: schedule, history.steps[start..<lastDeparture].lazy.map(\.operation.thread))
    frontier.schedules.release(schedule)
  }

  /// Takes up the steps of a trace: those that were there before are compared, the others added.
  private mutating func follow(_ execution: borrowing Execution) {
    let known = history.steps.count
    let start = plan.prefix.count
    let trace = execution.trace
    var step = 0
    for event in trace {
      if event.kind.isAnnotation {
        if step > known || known == 0 { history.annotate(event) }
        continue
      }
      if step < known {
        guard isExpected(event, as: history.steps[step].operation, at: step) else { return }
      } else {
        if step >= start, !depart(from: event, at: step, execution) { return }
        history.append(event)
        let hash = history.hashOfLatestStep
        classes.append(classes[step] + hash)
      }
      step += 1
      if step == start, let departure, !isExpected(event, as: departure) { return }
    }
    if step < start, let departure {
      noteMismatch(at: start - 1, expected: departure.operation, met: nil)
    }
  }

  /// Sees to the steps that others could take instead; false if all from here was seen before.
  private mutating func depart(
    from event: Event, at step: Int, _ execution: borrowing Execution
  ) -> Bool {
    let last = history.steps.last?.operation.thread
    let turn = last.flatMap { event.isTurn(of: $0) ? $0 : nil }
    var others = event.enabled
    others.remove(event.thread)
    switch visited.visit(classes[step], turn: turn, preemptions: bound) {
    case .covered: return false
    case .turnOnly: others = .none
    case .others(let turns): others = others.subtracting(turns)
    case .first: break
    }
    for thread in others {
      var departure = PreemptionFrontier.Departure(
        schedule: schedule, step: Int32(step), thread: thread)
      if let next = outlook.next(of: thread, in: execution) {
        foresee(next, &departure, at: step)
      }
      let preemptions = turn == nil ? bound : bound + 1
      if Self.isCovered(departure, preemptions: preemptions, visited) { continue }
      if schedule < 0 {
        schedule = frontier.schedules.add(
          leaving: self.departure?.schedule ?? -1, at: Int(self.departure?.step ?? 0))
        departure.schedule = schedule
      }
      lastDeparture = step
      frontier.add(departure, isPreemption: turn != nil, bound: bound)
    }
    outlook.pass(event.thread, at: step)
    return true
  }

  /// Tries a step out, to see what class it makes.
  private mutating func foresee(
    _ event: Event, _ departure: inout PreemptionFrontier.Departure, at step: Int
  ) {
    let next = history.turnedOutNext(event)
    history.append(next)
    departure.hash = classes[step] + history.hashOfLatestStep
    history.truncate(to: step)
    departure.object = next.object
    departure.kind = next.operation.kind
    departure.isForeseen = true
  }

  private mutating func isExpected(
    _ event: Event, as expected: Operation, at step: Int
  ) -> Bool {
    if event.operation == expected { return true }
    noteMismatch(at: step, expected: expected, met: event.operation)
    return false
  }

  /// Whether the step where the plan leaves another schedule is what it was foreseen to be.
  private mutating func isExpected(
    _ event: Event, as departure: PreemptionFrontier.Departure
  ) -> Bool {
    let isSame =
      event.thread == departure.thread
      && (!departure.isForeseen || classes[plan.prefix.count] == departure.hash)
    if isSame { return true }
    noteMismatch(at: plan.prefix.count - 1, expected: departure.operation, met: event.operation)
    return false
  }

  private mutating func noteMismatch(at step: Int, expected: Operation, met: Operation?) {
    guard firstMismatch == nil else { return }
    firstMismatch = Exhaustive.Mismatch(step: step, expected: expected, met: met)
  }
}

extension PreemptionFrontier.Departure {
  fileprivate var operation: Operation { Operation(thread: thread, kind: kind, object: object) }
}
