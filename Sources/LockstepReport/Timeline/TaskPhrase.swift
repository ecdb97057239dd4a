package import LockstepEngine

extension TaskCall {
  /// What a task does there, in a timeline.
  package var phrase: String {
    switch self {
    case .state: "look at other tasks"
    case .hop: "hop"
    case .create: "start a task"
    case .cancel: "cancel"
    case .isCancelled: "look for cancellation"
    case .resume: "resume a continuation"
    case .suspend: "await"
    case .group: "look at its group"
    case .cancellationHandler: "set a cancellation handler"
    case .enqueue: "enqueue"
    case .run: "run an actor's tasks"
    case .end: "come to its end"
    case .time: "let time pass"
    case .leave: "leave an actor"
    }
  }
}
