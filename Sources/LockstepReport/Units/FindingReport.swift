/// One finding with its names and lines: what the JSON holds and the timeline is printed from.
package struct FindingReport: Equatable, Sendable, Codable {
  /// A thread that waits for good, for what, and who holds that.
  package struct Wait: Equatable, Sendable, Codable {
    package var thread: Int
    package var waitsFor: String
    package var heldBy: Int?
    package var heldSinceLine: Int?
    package var waitsAtLine: Int?
    package var heldSinceFile: String?
    package var waitsAtFile: String?

    package init(
      thread: Int, waitsFor: String, heldBy: Int? = nil, heldSince: SourceLocation? = nil,
      waitsAt: SourceLocation? = nil
    ) {
      self.thread = thread
      self.waitsFor = waitsFor
      self.heldBy = heldBy
      self.heldSinceLine = heldSince?.line
      self.waitsAtLine = waitsAt?.line
      self.heldSinceFile = heldSince?.file
      self.waitsAtFile = waitsAt?.file
    }

    package var heldSince: SourceLocation? { Self.location(heldSinceFile, heldSinceLine) }
    package var waitsAt: SourceLocation? { Self.location(waitsAtFile, waitsAtLine) }

    private static func location(_ file: String?, _ line: Int?) -> SourceLocation? {
      guard let file, let line else { return nil }
      return SourceLocation(file: file, line: line)
    }
  }

  /// A name of `Finding.Kind`.
  package var kind: String
  package var summary: String
  /// The token that replays it.
  package var schedule: String
  package var preemptions: Int
  /// Number of the execution that showed it, from 1.
  package var atExecution: Int
  /// Names of the threads, by their number.
  package var threads: [String]
  /// The events that matter, ascending by step.
  package var events: [ReportedEvent]
  package var waits: [Wait]?
  /// The two sides of a data race, in the order in which they came.
  package var accesses: [RacingAccess]?

  package init(
    kind: String, summary: String, schedule: String, preemptions: Int = 0, atExecution: Int = 1,
    threads: [String], events: [ReportedEvent], waits: [Wait]? = nil,
    accesses: [RacingAccess]? = nil
  ) {
    self.accesses = accesses
    self.kind = kind
    self.summary = summary
    self.schedule = schedule
    self.preemptions = preemptions
    self.atExecution = atExecution
    self.threads = threads
    self.events = events
    self.waits = waits
  }

  /// The name of a thread, or its number where it has none.
  package func threadName(_ thread: Int) -> String {
    threads.indices.contains(thread) ? threads[thread] : "thread \(thread)"
  }
}
