/// What a call of Swift's task runtime is for: `other` of an event of kind `call`.
package enum TaskCall: UInt64, Sendable {
  /// Something that tasks share is looked at or changed, by the runtime of itself.
  case state = 0
  /// A task goes over to another executor.
  case hop = 1
  case create = 2
  case cancel = 3
  case isCancelled = 4
  /// A continuation is resumed.
  case resume = 5
  case suspend = 6
  case group = 7
  case cancellationHandler = 8
  case enqueue = 9
  /// An actor takes up the tasks in its queue.
  case run = 10
  case end = 11
  /// The next timer is due.
  case time = 12
  /// An actor is given up.
  case leave = 13
}

extension Event {
  /// What a call of Swift's task runtime is for; nil for other events.
  package var taskCall: TaskCall? { kind == .call ? TaskCall(rawValue: other.rawValue) : nil }

  /// Whether a task gives up its executor here, so that others may come in between.
  package var isSuspension: Bool { kind == .suspend || taskCall == .hop }
}
