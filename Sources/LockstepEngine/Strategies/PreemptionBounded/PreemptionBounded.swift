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
///   O(steps × threads²). Memory: 64 to 128 bytes for each class of beginnings (up to `classLimit`, after
///   which schedules are repeated but none is lost) and 40 for each departure that is left (up to
///   `frontierLimit`, beyond which they are forgotten; see `overflowedBound`).
///
/// (Musuvathi, Qadeer: Iterative context bounding, PLDI 2007; the same: Partial-order reduction for
/// context-bounded state exploration, MSR-TR-2007-12.)
package struct PreemptionBounded: ExplorationStrategy, ~Copyable, Sendable {
  /// The most preemptions of a schedule; nil if as many as there can be.
  package internal(set) var limit: Int?
  /// Executions that were recorded, of whatever ending.
  package internal(set) var executions = 0
  /// Executions that ended with threads waiting for good.
  package internal(set) var deadlocked = 0
  /// Executions that did not follow their plan, or had more steps than allowed.
  package internal(set) var incomplete = 0
  /// Most steps of an execution that were looked at.
  package internal(set) var maximumDepth = 0
  /// Preemptions of the schedules that are being explored.
  package private(set) var bound = 0
  /// Every schedule with at most so many preemptions was explored; nil before the first bound.
  package private(set) var finishedBound: Int?
  /// The first departure of an execution from what it was to repeat.
  ///
  /// If that is before the step where its plan leaves another one, and no longer known, then it is
  /// said of that step.
  package internal(set) var firstMismatch: Exhaustive.Mismatch?

  var history = HappensBefore()
  /// Classes of the beginnings of the latest execution, as far as it was looked at.
  var classes = [ClassHash()]
  var visited: VisitedClasses
  var frontier: PreemptionFrontier
  /// Where the current plan leaves the schedule that it is made from; nil for the first.
  var departure: PreemptionFrontier.Departure?
  /// The schedule of the current execution, once something departs from it.
  var schedule: Int32 = -1
  var lastDeparture = 0
  var outlook = Outlook()
  var plan = Plan()
  private var hasStarted = false
  private var hasEnded = false

  /// - Parameters:
  ///   - limit: The most preemptions; nil to go on until nothing is left.
  ///   - frontierLimit: The most departures to keep at a time.
  ///   - classLimit: The most classes of beginnings to remember.
  package init(limit: Int? = nil, frontierLimit: Int = 1 << 20, classLimit: Int = 1 << 20) {
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

  static func isCovered(
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
}
