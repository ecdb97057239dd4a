import Dispatch

extension CorpusProgram {
  /// Work is let go before what it needs is there, or after.
  ///
  /// Before: the work reads it before it is written, or after. After: there is nothing to choose.
  private static func settingUp(
    _ name: String, _ summary: String, isHurried: Bool, _ run: @escaping @Sendable () -> Int
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: isHurried ? "dataRace" : nil,
      classes: { _ in isHurried ? 2 : 1 }
    ) { _ in run() }
  }

  /// Queues that are suspended or not yet active.
  static let setUp = [
    settingUp("resume", "a queue is resumed, and then its work is given a value", isHurried: true) {
      let value = Given()
      let queue = DispatchQueue(label: "later")
      queue.suspend()
      let work = DispatchWorkItem { precondition(value.value >= 0) }
      queue.async(execute: work)
      queue.resume()
      value.value = 7
      work.wait()
      return value.value
    },
    settingUp("resume-fixed", "work is given a value, and its queue resumed", isHurried: false) {
      let value = Given()
      let queue = DispatchQueue(label: "later")
      queue.suspend()
      let work = DispatchWorkItem { precondition(value.value >= 0) }
      queue.async(execute: work)
      value.value = 7
      queue.resume()
      work.wait()
      return value.value
    },
    settingUp(
      "activate", "a queue is activated, and then its work is given a value", isHurried: true
    ) {
      let value = Given()
      let queue = DispatchQueue(label: "later", attributes: .initiallyInactive)
      let work = DispatchWorkItem { precondition(value.value >= 0) }
      queue.async(execute: work)
      queue.activate()
      value.value = 7
      work.wait()
      return value.value
    },
    settingUp("activate-fixed", "work is given a value, and its queue activated", isHurried: false)
    {
      let value = Given()
      let queue = DispatchQueue(label: "later", attributes: .initiallyInactive)
      let work = DispatchWorkItem { precondition(value.value >= 0) }
      queue.async(execute: work)
      value.value = 7
      queue.activate()
      work.wait()
      return value.value
    },
  ]

  /// Two serial queues are two: what each does is in order, but not with the other's.
  ///
  /// So it is as in `race`. With a target in common their work comes as it was enqueued: then the work of
  /// the first ends before the second has any, or after. That is told apart, since it decides whether the
  /// first keeps its place in the target.
  static let targets = [
    CorpusProgram(
      "target", "two serial queues add to a total", parameters: [], defaults: [],
      finding: "lostUpdate", classes: { _ in race.classes([2, 1]) }
    ) { _ in addOnQueues(to: nil) },
    CorpusProgram(
      "target-fixed", "two serial queues with a serial target add to a total", parameters: [],
      defaults: [], classes: { _ in 2 }
    ) { _ in addOnQueues(to: DispatchQueue(label: "target")) },
  ]

  private static func addOnQueues(to target: DispatchQueue?) -> Int {
    let total = Given()
    let group = DispatchGroup()
    let queues = ["left", "right"].map { DispatchQueue(label: $0, target: target) }
    for queue in queues { queue.async(group: group) { total.value += 1 } }
    group.wait()
    return total.value
  }

  /// Who is told of a group's end before all have entered it is told too early.
  ///
  /// The first work leaves the group before or after it is to tell, and before the second work enters: then
  /// who is told reads what the second gives before that is written, or after, 2 · 2 classes. Or the first
  /// leaves later, before the second does or after it: two.
  ///
  /// Where nobody enters after that, it is all the same in which order they leave.
  static let notify = [
    CorpusProgram(
      "notify", "a group is to tell of its end, and is entered once more after that",
      parameters: [], defaults: [], finding: "dataRace", classes: { _ in 6 }
    ) { _ in notify(isLate: false) },
    CorpusProgram(
      "notify-fixed", "a group is to tell of its end when all have entered it",
      parameters: [], defaults: [], classes: { _ in 1 }
    ) { _ in notify(isLate: true) },
  ]

  /// Who waits for a group for a time may wait in vain.
  ///
  /// The work leaves the group before the wait, or between that and the end of the time: two classes. Or the
  /// time ends first: that is heeded, or the result is read before it is written, or after.
  static let groupTimeouts = [
    CorpusProgram(
      "group-timeout",
      "a result is read after a minute's wait for a group, whether it is there or not",
      parameters: [], defaults: [], finding: "dataRace", classes: { _ in 4 }
    ) { _ in waitAMinute(heedsTimeout: false) },
    CorpusProgram(
      "group-timeout-fixed", "a result is read after a minute's wait for a group, if it is there",
      parameters: [], defaults: [], classes: { _ in 3 }
    ) { _ in waitAMinute(heedsTimeout: true) },
  ]

  private static func waitAMinute(heedsTimeout: Bool) -> Int {
    let result = Given()
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) { result.value = 7 }
    let isInTime = group.wait(timeout: .now() + 60) == .success
    return isInTime || !heedsTimeout ? result.value : 0
  }

  private static func notify(isLate: Bool) -> Int {
    let results = [Given(), Given()]
    let sum = Given()
    let group = DispatchGroup()
    let isTold = DispatchSemaphore(value: 0)
    let tell = DispatchWorkItem {
      sum.value = results[0].value + results[1].value
      isTold.signal()
    }
    DispatchQueue.global().async(group: group) { results[0].value = 1 }
    if !isLate { group.notify(queue: .global(), work: tell) }
    DispatchQueue.global().async(group: group) { results[1].value = 2 }
    if isLate { group.notify(queue: .global(), work: tell) }
    isTold.wait()
    return sum.value
  }
}
