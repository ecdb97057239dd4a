/// What one step did, in the words of the table: `write Counter.total ← 1`.
struct TimelineAction: Equatable {
  var verb: String
  var object: String
  var result: String

  init(verb: String, object: String? = nil, result: String = "") {
    self.verb = verb
    self.object = object ?? ""
    self.result = result
  }

  init(_ event: ReportedEvent) {
    let object = event.object
    let value = event.value
    let gives = value.map { " → \($0)" } ?? ""
    let takes = value.map { " ← \($0)" } ?? ""
    self =
      switch event.kind {
      case "read": Self(verb: "read", object: object, result: gives)
      case "write": Self(verb: "write", object: object, result: takes)
      case "readModifyWrite": Self(verb: "update", object: object, result: takes)
      case "opaqueReadWrite": Self(verb: "change", object: object, result: takes)
      case "free", "destroy", "initialise": Self(verb: event.kind, object: object)
      case "lock": Self(verb: "lock", object: object)
      case "tryLock": Self(verb: "try lock", object: object, result: " → true")
      case "lockShared": Self(verb: "share", object: object)
      case "tryLockShared": Self(verb: "try to share", object: object, result: " → true")
      case "tryLockSharedFailed": Self(verb: "try to share", object: object, result: " → false")
      case "unlockShared": Self(verb: "unshare", object: object)
      case "semaphoreTryWait": Self(verb: "try", object: object, result: " → true")
      case "semaphoreTryWaitFailed": Self(verb: "try", object: object, result: " → false")
      case "waitEnd", "wake", "timedWake": Self(verb: "woken from", object: object)
      case "spuriousWakeup": Self(verb: "wakes for nothing")
      case "waitTimedOut": Self(verb: "give up", object: object)
      case "semaphoreRead": Self(verb: "look at", object: object, result: gives)
      case "arrive": Self(verb: "arrive at", object: object)
      case "sleep": Self(verb: "sleep", result: value.map { " " + $0 } ?? "")
      case "readClock": Self(verb: "read the clock")
      case "tryLockFailed": Self(verb: "try lock", object: object, result: " → false")
      case "unlock": Self(verb: "unlock", object: object)
      case "waitsFor": Self(verb: "waits for", object: object)
      case "wait", "semaphoreWait": Self(verb: "wait on", object: object)
      case "signal", "semaphoreSignal": Self(verb: "signal", object: object, result: gives)
      case "broadcast": Self(verb: "wake all of", object: object)
      case "join": Self(verb: "join", object: object)
      case "once": Self(verb: "initialise", object: object)
      case "call", "sharedCall": Self(verb: value ?? "call", object: object)
      case "awaitCompletion": Self(verb: "wait for", object: object)
      case "resume": Self(verb: "go on")
      case "suspend": Self(verb: "await")
      case "output": Self(verb: "print", object: value ?? object)
      case "spawn": Self(verb: "start", object: object ?? value)
      case "exit": Self(verb: "end")
      case "throwError": Self(verb: "throw", object: object ?? value)
      case "crash": Self(verb: "crash")
      case "assertion": Self(verb: "fail", object: object ?? value)
      default: Self(verb: event.kind, object: object, result: gives)
      }
  }

  var text: String { verb + (object.isEmpty ? "" : " ") + object + result }

  /// The action in at most `width` characters: first the front of the object's name is given up.
  func text(width: Int) -> String {
    let text = self.text
    guard text.count > width, !object.isEmpty else { return text.truncated(to: width) }
    let room = width - verb.count - 1 - result.count
    guard room >= 4 else { return text.truncated(to: width) }
    return verb + " " + object.truncatedAtStart(to: room) + result
  }
}
