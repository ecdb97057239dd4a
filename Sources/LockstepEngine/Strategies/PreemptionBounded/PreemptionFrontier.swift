/// What is left to explore: steps at which schedules known so far are to be left.
///
/// Kept by their preemptions: as many as are allowed now, and one more. There is a most that is kept
/// at all; beyond it, those with one more go first.
struct PreemptionFrontier: Sendable {
  /// A thread's operation to be the next step after a beginning of a schedule.
  struct Departure: Sendable {
    /// The class that it makes, if `isForeseen`.
    var hash = ClassHash()
    var object = ObjectID(0)
    /// A schedule in `schedules`.
    var schedule: Int32
    var step: Int32
    var thread: ThreadID
    var kind = Event.Kind.yield
    /// Whether it is known what the thread would do.
    var isForeseen = false
  }

  let limit: Int
  var schedules = ScheduleTree()
  /// Departures with as many preemptions as the bound, the latest last.
  private(set) var current: [Departure] = []
  /// Departures with one preemption more.
  private(set) var beyond: [Departure] = []
  /// The least bound at which departures had no room, and were forgotten.
  private(set) var overflowedBound: Int?

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { current.isEmpty && beyond.isEmpty }

  /// Keeps a departure, and a use of its schedule, if there is room.
  mutating func add(_ departure: Departure, isPreemption: Bool, bound: Int) {
    if current.count + beyond.count >= limit {
      guard !isPreemption, let victim = beyond.popLast() else {
        noteOverflow(isPreemption ? bound + 1 : bound)
        return
      }
      schedules.release(victim.schedule)
      noteOverflow(bound + 1)
    }
    schedules.retain(departure.schedule)
    if isPreemption { beyond.append(departure) } else { current.append(departure) }
  }

  /// Takes the latest departure that the bound allows; the use of its schedule goes to the caller.
  mutating func popLast() -> Departure? { current.popLast() }

  /// Forgets the departures with one preemption more that are covered meanwhile.
  mutating func forgetBeyond(where isCovered: (Departure) -> Bool) {
    var kept = 0
    for index in beyond.indices {
      if isCovered(beyond[index]) {
        schedules.release(beyond[index].schedule)
      } else {
        beyond[kept] = beyond[index]
        kept += 1
      }
    }
    beyond.removeLast(beyond.count - kept)
  }

  /// Allows one preemption more, when nothing is left with fewer.
  mutating func raiseBound() { swap(&current, &beyond) }

  private mutating func noteOverflow(_ bound: Int) {
    overflowedBound = min(overflowedBound ?? bound, bound)
  }
}
