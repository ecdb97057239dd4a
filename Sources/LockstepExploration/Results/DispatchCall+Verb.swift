internal import LockstepEngine

extension DispatchCall {
  /// What a thread does in it, before the name of the queue or group.
  var verb: String {
    switch self {
    case .async: "async to"
    case .sync: "sync on"
    case .barrierAsync: "async barrier to"
    case .barrierSync: "sync barrier on"
    case .end: "end an item of"
    case .begin: "begin an item of"
    case .suspend: "suspend"
    case .resume: "resume"
    case .activate: "activate"
    case .setTarget: "set target of"
    case .setSpecific: "set specific of"
    case .getSpecific: "get specific of"
    case .enter: "enter"
    case .leave: "leave"
    case .groupWait: "ask for"
    case .notify: "notify after"
    case .timeout: "time is up for"
    case .cancel: "cancel"
    case .isCancelled: "look whether cancelled"
    case .schedule: "schedule"
    case .fire: "is due"
    }
  }
}
