extension PreemptionBounded {
  package mutating func record(_ execution: borrowing Execution) {
    executions += 1
    switch execution.ending {
    case .deadlocked: deadlocked += 1
    case .redundant, .stepLimit, .diverged: incomplete += 1
    case .completed, .crashed, .livelocked: break
    }
    outlook.look(at: execution, from: plan.prefix.count)
    schedule = -1
    follow(execution)
    maximumDepth = max(maximumDepth, history.steps.count)
    guard schedule >= 0 else { return }
    let start = departure.map { Int($0.step) } ?? 0
    frontier.schedules.setThreads(
      of: schedule, (start..<lastDeparture).map { history.steps[$0].operation.thread })
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
    guard let next = history.turnedOutNext(event) else { return }
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
