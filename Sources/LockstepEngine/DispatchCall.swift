/// What a call of Dispatch is for: `other` of an event of kind `call` or `sharedCall`.
package enum DispatchCall: UInt64, Sendable {
  case async = 32
  case sync = 33
  case barrierAsync = 34
  case barrierSync = 35
  /// An item of a queue with a target of its own is done.
  case end = 36
  /// An item of a queue that may be suspended is about to begin.
  case begin = 37
  case suspend = 38
  case resume = 39
  case activate = 40
  case setTarget = 41
  case setSpecific = 42
  case getSpecific = 43
  case enter = 44
  case leave = 45
  case groupWait = 46
  case notify = 47
  case timeout = 48
  case cancel = 49
  case isCancelled = 50
  case schedule = 51
  case fire = 52
}

extension Event {
  /// What a call of Dispatch is for; nil for other events.
  package var dispatchCall: DispatchCall? {
    kind == .call || kind == .sharedCall ? DispatchCall(rawValue: other.rawValue) : nil
  }
}
