import LockstepEngine
import LockstepReport
import Testing

struct `The reason of a switch` {
  private func event(_ thread: UInt8, _ kind: Event.Kind, enabled: UInt64 = 0b11) -> Event {
    Event(
      thread: ThreadID(thread), kind: kind, object: ObjectID(1),
      enabled: ThreadSet(rawValue: enabled))
  }

  @Test func `is a preemption when the thread could have gone on`() {
    let trace = [event(0, .read), event(1, .read)]
    #expect(ScheduleSwitch.between(0, and: 1, in: trace) == .preempted)
    #expect(ScheduleSwitch.between(0, and: 0, in: trace) == nil)
  }

  @Test func `is a block when it could not`() {
    let trace = [event(0, .read), event(1, .read, enabled: 0b10)]
    #expect(ScheduleSwitch.between(0, and: 1, in: trace) == .blocked)
  }

  @Test func `is an end or a yield when an annotation says so`() {
    let ended = [event(0, .read), event(0, .exit), event(1, .read, enabled: 0b10)]
    #expect(ScheduleSwitch.between(0, and: 2, in: ended) == .ended)
    let yielded = [event(0, .read), event(0, .yield), event(1, .read)]
    #expect(ScheduleSwitch.between(0, and: 2, in: yielded) == .yielded)
  }

  @Test func `is that of the last time the shown thread was left`() {
    let trace = [
      event(0, .read), event(1, .read), event(0, .read), event(0, .exit),
      event(2, .read, enabled: 0b110), event(1, .write, enabled: 0b110),
    ]
    #expect(ScheduleSwitch.between(0, and: 5, in: trace) == .ended)
    let events = ReportedEvent.events(at: [0, 5, 9], of: trace) { _ in
      EventDescription(object: "total")
    }
    #expect(
      events == [
        ReportedEvent(step: 1, thread: 0, kind: "read", object: "total"),
        ReportedEvent(step: 5, thread: 1, kind: "write", object: "total", why: "ended"),
      ])
  }
}
