extension Exhaustive {
  /// A race that has to be looked at again at the end of each execution that shows it.
  struct OpenRace: BitwiseCopyable, Sendable {
    var first: Int32
    var second: Int32
    /// The second step as it would be before the first.
    var operation: Operation
    /// The latest step that had to be known to find it covered; nil while that is all of the execution.
    ///
    /// What is covered stays so: as long as that step is not taken back, there is nothing to look at.
    var decidedBy: Int32?
  }

  /// Sees to it that the schedules are explored in which the latest step comes before `first`.
  ///
  /// What is asked for is the beginning of such a schedule: all that does not depend on `first`, and
  /// then the step. If already the steps so far decide the matter, it is decided for good, since
  /// every later execution from here has them too. If they only do not rule out that something
  /// explored or planned covers it, the rest of the execution has to be looked at, each time.
  mutating func reverse(_ first: Int, _ second: Event) {
    let latest = history.steps.count - 1
    guard !isCoveredBySecond(first, latest) else { return }
    let operation = history.outcome(of: second.operation, before: first)
    guard !isCoveredByPlanned(first, operation) else { return }
    gather(first, operation, upTo: latest)
    guard case .undecided = request(at: first, isWhole: false) else { return }
    openRaces.append(
      OpenRace(first: Int32(first), second: Int32(latest), operation: operation))
  }

  /// Sees to it that an operation that is blocked at the end comes before `first` too.
  mutating func reverse(_ first: Int, _ blocked: Operation) {
    gather(first, history.outcome(of: blocked, before: first), upTo: history.steps.count)
    _ = request(at: first, isWhole: true)
  }

  /// Looks at the open races again, now that all of the execution is known.
  mutating func reverseOpenRaces() {
    for index in openRaces.indices where openRaces[index].decidedBy == nil {
      let race = openRaces[index]
      gather(Int(race.first), race.operation, upTo: history.steps.count)
      if case .decided(let step) = request(at: Int(race.first), isWhole: true) {
        openRaces[index].decidedBy = step.map { max($0, race.second) }
      }
    }
  }

  /// Forgets the open races whose second step is taken back.
  mutating func truncateOpenRaces(to count: Int) {
    while let last = openRaces.last, Int(last.second) >= count { openRaces.removeLast() }
    for index in openRaces.indices {
      if let step = openRaces[index].decidedBy, step >= count { openRaces[index].decidedBy = nil }
    }
  }

  /// Whether the latest step's own thread was explored in the state before `first`, and `first` is all
  /// that kept it from there: then the sequence begins with it, whatever else is in it.
  ///
  /// The same as what `request` finds, but without the sequence; most races are of this sort.
  private func isCoveredBySecond(_ first: Int, _ latest: Int) -> Bool {
    let step = history.steps[latest]
    return step.latestPredecessor == first && step.previous < first
      && states[first].sleeping.contains(step.operation.thread)
  }

  /// Whether a single step that is planned in the state before `first` covers what is asked for, however
  /// the execution goes on.
  ///
  /// So it is where `first` stores to all bytes of that step, and the second does not depend on it. All
  /// else that depends on the planned step, and its thread's next step in the execution, depends on
  /// `first` then, and is not in the sequence.
  private func isCoveredByPlanned(_ first: Int, _ second: Operation) -> Bool {
    let store = history.steps[first].operation
    guard store.kind.isStore else { return false }
    var next = states[first].firstPending
    while next >= 0 {
      let planned = tree.nodes[Int(next)]
      if planned.firstChild < 0, Independence.hides(store, planned.operation),
        !Independence.areDependent(planned.operation, second)
      {
        return true
      }
      next = planned.nextSibling
    }
    return false
  }

  /// Sets `sequence` to the steps after `first` that do not depend on it, and `second`.
  private mutating func gather(_ first: Int, _ second: Operation, upTo end: Int) {
    sequence.removeAll()
    // Holds that others share with the one of `first` have to come later too.
    let deferred = history.deferredSteps(with: first, for: second)
    history.forEachStep(notAfter: first, upTo: end) { step in
      for other in deferred
      where step == Int(other) || step > Int(other) && history.precedes(Int(other), step) {
        return
      }
      sequence.append(
        WakeupTree.Requested(operation: history.steps[step].operation, step: Int32(step)))
    }
    sequence.append(WakeupTree.Requested(operation: second, step: Int32(end)))
  }

  /// Puts `sequence` into the wakeup tree of a state, unless what is explored covers it.
  ///
  /// It does if a sleeping thread could take the first step of a schedule that begins so: because
  /// its operation is in the sequence with nothing before that it depends on, or because it depends
  /// on nothing there. The second is not decisive while more of the sequence is to come.
  /// (JACM 2017, algorithm 2, lines 4 to 6.)
  private mutating func request(at state: Int, isWhole: Bool) -> WakeupTree.Coverage {
    var isDecided = true
    var support: Int32 = -1
    var sleeping = states[state].sleeping
    var depth = state
    // What a sleeping thread would do is the step that put it to sleep, here or in a state before.
    while sleeping.rawValue != 0, depth >= 0 {
      var node = states[depth].firstFinished
      while node >= 0 {
        let operation = tree.nodes[Int(node)].operation
        node = tree.nodes[Int(node)].nextSibling
        guard sleeping.contains(operation.thread) else { continue }
        sleeping.remove(operation.thread)
        switch WakeupTree.relation(of: operation, to: sequence) {
        case .initial(let place): return .decided(by: sequence[place].step)
        case .independent: isDecided = false
        case .dependent(let place): support = max(support, sequence[place].step)
        }
      }
      depth -= 1
    }
    guard isDecided else { return isWhole ? .decided(by: nil) : .undecided }
    return tree.insert(
      &sequence, into: &states[state].firstPending, isWhole: isWhole, support: support)
  }
}
