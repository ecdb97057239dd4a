/// The one sentence of each finding: what happened, to what, by whom.
package enum Summary {
  /// A lock that a thread holds or waits for, and where.
  package typealias Place = ThreadStanding.Place

  package static func lostUpdate(threads: [String], object: String, value: String?) -> String {
    let read = value.map { "\(object) = \($0)" } ?? object
    return threads.count == 2
      ? "Lost update: \(list(threads)) both read \(read) before either wrote it back"
      : "Lost update: \(list(threads)) all read \(read) before any wrote it back"
  }

  /// A thread's write falls between another's read and write, and is overwritten.
  package static func overwritten(writer: String, by thread: String, object: String) -> String {
    "Lost update: \(thread) wrote \(object) from what it read before \(writer) wrote it"
  }

  /// What one side of a data race does: `reads`, `writes` or `frees`.
  package typealias Action = (thread: String, verb: String)

  package static func dataRace(_ first: Action, _ second: Action, object: String) -> String {
    "Data race: \(first.thread) \(first.verb) and \(second.thread) \(second.verb) \(object) with "
      + "nothing to order them"
  }

  /// The free is nil where it was no step: then nobody else had a part in the block yet.
  package static func useAfterFree(
    thread: String, object: String, at location: SourceLocation?,
    freed: (thread: String, at: SourceLocation?)?
  ) -> String {
    let by = freed.map { "\($0.thread) freed it\(at($0.at))" } ?? "it was freed"
    return "Use after free: \(thread) used \(object)\(at(location)) after \(by)"
  }

  /// What was done to something while another thread holds it or waits for it, if that can be told.
  package static func inUse(
    _ done: String, thread: String, object: Place, holder: (thread: String, at: SourceLocation?)?,
    doing: String = "holds"
  ) -> String {
    let use =
      holder.map { "\($0.thread) \(doing) it\(since($0.at))" } ?? "another thread waits for it"
    return "\(done.first?.uppercased() ?? "")\(done.dropFirst()) in use: \(thread) \(done) "
      + "\(object.object)\(place("at", object)) "
      + "while \(use)"
  }

  package static func usedAfterDestruction(
    thread: String, object: Place, destroyed: (thread: String, at: SourceLocation?)?
  ) -> String {
    let by = destroyed.map { "\($0.thread) destroyed it\(at($0.at))" } ?? "it was destroyed"
    return "Use after destruction: \(thread) used \(object.object)\(place("at", object)) "
      + "after \(by)"
  }

  /// A thread gives up a lock that is another's, or nobody's; a task, one that it took on another thread.
  package static func unlockedByOther(
    thread: String, lock: Place, holder: (thread: String, at: SourceLocation?)?
  ) -> String {
    let held =
      switch holder {
      case .none: "nobody holds"
      case .some((thread, let location)): "it took on another thread\(at(location))"
      case .some(let holder): "\(holder.thread) holds\(since(holder.at))"
      }
    return "Unlock by another: \(thread) gave up \(lock.object)\(place("at", lock)), which \(held)"
  }

  /// Each thread of a circle holds what the one before it waits for.
  ///
  /// - Parameters:
  ///   - circle: who holds what, and waits for what.
  ///   - ofQueues: whether all that is waited for is turns in queues.
  /// - Returns: the sentence.
  package static func deadlock(
    _ circle: [(thread: String, holds: Place?, waitsFor: Place)], ofQueues: Bool = false
  ) -> String {
    (ofQueues ? "Queue deadlock: " : "Deadlock: ")
      + circle.map { member in
        let holds = member.holds.map { "holds \($0.object)\(place("since", $0)) and " } ?? ""
        return "\(member.thread) \(holds)waits for \(member.waitsFor.object)"
          + place("at", member.waitsFor)
      }.joined(separator: "; ")
  }

  /// Each thread takes a lock while it holds one, in a circle that no schedule has closed.
  package static func lockOrder(_ circle: [(thread: String, took: Place, then: Place)]) -> String {
    "Potential deadlock: "
      + circle.map { member in
        "\(member.thread) took \(member.took.object)\(place("at", member.took)), "
          + "then \(member.then.object)\(place("at", member.then))"
      }.joined(separator: "; ")
      + "; no explored schedule deadlocked on it"
  }

  /// One thread read, another wrote, and the first one wrote, each in a critical section of its own.
  package static func staleRead(
    thread: String, object: String, lock: String, read: SourceLocation?, write: SourceLocation?,
    writer: String
  ) -> String {
    let lines =
      switch (read, write) {
      case (let read?, let write?) where read.file == write.file && read.line == write.line:
        "both on \(read.text)"
      case (let read?, let write?): "\(read.text) and \(write.text)"
      default: "both"
      }
    return
      "Atomicity violation: \(thread) read \(object), \(writer) wrote it, and \(thread) wrote it "
      + "on the strength of what it had read; \(lines) should have been one critical section of \(lock)"
  }

  /// One task read before it was suspended, another wrote meanwhile, and the first one wrote.
  package static func reentrancy(
    task: String, object: String, read: SourceLocation?, write: SourceLocation?, writer: String,
    between: SourceLocation?
  ) -> String {
    "Actor reentrancy: \(task) read \(object)\(at(read)), \(writer) wrote it\(at(between)) while "
      + "\(task) was suspended, and \(task) wrote it\(at(write)) on the strength of what it had read"
  }

  package static func lostWakeUp(
    signaller: String, signalled: SourceLocation?, waiter: String, waits: SourceLocation?,
    object: String
  ) -> String {
    "Lost wake-up: \(signaller) signalled \(object)\(at(signalled)) before \(waiter) waited for it"
      + "\(at(waits)), and nobody signals it again"
  }

  /// A thread checked something, waited for a condition, and did not check again.
  package static func waitWithoutLoop(
    waiter: String, condition: String, waits: SourceLocation?, checked: Place, writer: String,
    writes: SourceLocation?
  ) -> String {
    "Wait without a loop: \(waiter) looked at \(checked.object)\(place("at", checked)), waited for "
      + "\(condition)\(at(waits)), and went on without looking again; \(writer) had written it"
      + "\(at(writes)), but a wait may end without that, or after others have changed it"
  }

  /// A task that goes on on another thread cannot give up what it took on this one.
  package static func heldAcrossSuspension(
    task: String, lock: Place, suspension: SourceLocation?
  ) -> String {
    "Lock held across a suspension: \(task) took \(lock.object)\(place("at", lock)) and still holds it "
      + "where it is suspended\(at(suspension))"
  }

  /// A task waits on a thread of the pool for what another one has yet to do.
  package static func starvation(
    task: String, semaphore: Place, other: String, signalled: SourceLocation?
  ) -> String {
    "Starvation: \(task) blocks a thread of the pool on \(semaphore.object)\(place("at", semaphore)) "
      + "until \(other) signals it\(at(signalled)); with no thread left, \(other) never runs"
  }

  package static func leakedTask(
    task: String, at location: SourceLocation?, others: [String]
  ) -> String {
    let rest = others.isEmpty ? "" : "; so does \(list(others))"
    return "Leaked task: when all is over, \(task) still waits\(at(location)) for something that "
      + "nobody is left to do\(rest)"
  }

  /// The second task is nil where it is the first one again.
  package static func resumedTwice(
    by task: String, at location: SourceLocation?, andBy second: String?,
    at again: SourceLocation?
  ) -> String {
    "Continuation resumed twice: \(task) resumed it\(at(location)), and "
      + (second.map { "\($0) again" } ?? "again") + at(again)
  }

  package static func neverResumed(
    task: String, at location: SourceLocation?, others: [String]
  ) -> String {
    let rest = others.isEmpty ? "" : "; so does \(list(others))"
    return
      "Never resumed: \(task) waits\(location.map { " at \($0.text)" } ?? "") for something that "
      + "nobody is left to do\(rest)"
  }

  /// The error and its place are nil where the lock was not left behind by a throw.
  package static func leakedLock(
    thread: String, lock: Place, error: Place?,
    waiters: [(thread: String, at: SourceLocation?)]
  ) -> String {
    let threw = error.map { "threw \($0.object)\(place("at", $0)) and " } ?? ""
    let comma = error == nil ? " and " : ", "
    let waits = waiters.map { waiter in
      "; \(waiter.thread) waits for it" + (waiter.at.map { " at \($0.text)" } ?? "")
    }
    return "Leaked lock: \(thread) took \(lock.object)\(place("at", lock))\(comma)\(threw)"
      + "ended without releasing it" + waits.joined()
  }

  package static func assertion(_ message: String, at location: SourceLocation?) -> String {
    "Assertion failed: \(message)" + (location.map { " at \($0.text)" } ?? "")
  }

  package static func thrownError(_ error: String, at location: SourceLocation?) -> String {
    "Thrown error: \(error)" + (location.map { " at \($0.text)" } ?? "")
  }

  package static func outcomes(_ outcomes: OutcomeCounts) -> String {
    let names = outcomes.entries.prefix(8).map(\.outcome)
    let more = outcomes.entries.count > names.count ? ", …" : ""
    return "Differing outcomes: \(outcomes.entries.count) where one is expected: "
      + names.joined(separator: ", ") + more
  }

  /// - Parameters:
  ///   - kinds: of findings, one of which was expected.
  ///   - executions: in which it did not come.
  /// - Returns: the sentence.
  package static func notFound(_ kinds: [String], executions: Int) -> String {
    "Not found: \(kinds.map { "'\($0)'" }.joined(separator: " or ")), which is expected, in "
      + "\(executions) executions"
  }

  package static func exitStatus(_ status: String) -> String {
    "Exit status: the program ended with \(status)"
  }

  package static func crash(
    signal: String, thread: String, at location: SourceLocation?
  ) -> String {
    "Crash: \(thread) ended the process by \(signal)"
      + (location.map { " at \($0.text)" } ?? "")
  }

  package static func livelock(threads: [String], steps: Int) -> String {
    let keep = threads.count == 1 ? "keeps" : "keep"
    return "Livelock: \(list(threads)) \(keep) taking steps without getting anywhere, "
      + "\(steps) so far"
  }

  package static func spinning(
    thread: String, on place: Place, others: [String]
  ) -> String {
    let location = self.place("at", place)
    let wait = others.count == 1 ? "waits" : "wait"
    let rest = others.isEmpty ? "" : ", and \(list(others)) \(wait) with it"
    return "Livelock: \(thread) looks at \(place.object)\(location) again and again, "
      + "and nobody is left to change it\(rest)"
  }

  package static func stepLimit(_ limit: Int) -> String {
    "Step limit: an execution may take at most \(limit) steps; raise 'stepLimit' if it needs more"
  }

  package static func nondeterminism(step: Int, expected: String, met: String) -> String {
    "Nondeterminism: diverged at step \(step): expected \(expected), met \(met)"
  }

  /// The names as a phrase: `a`, `a and b`, `a, b and c`.
  static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "nobody" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  private static func at(_ location: SourceLocation?) -> String {
    location.map { " at \($0.text)" } ?? ""
  }

  private static func since(_ location: SourceLocation?) -> String {
    location.map { " since \($0.text)" } ?? ""
  }

  private static func place(_ preposition: String, _ place: Place) -> String {
    place.location.map { " \(preposition) \($0.text)" } ?? ""
  }
}
