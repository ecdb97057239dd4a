/// One event of a finding with its names and lines.
package struct ReportedEvent: Equatable, Sendable, Codable {
  /// Number of the step in the execution, from 1; an annotation has that of the step before it.
  package var step: Int
  package var thread: Int
  /// A name of `Event.Kind`: `read`, `write`, `lock`, `throwError`; or `waitsFor` and the like.
  package var kind: String
  package var object: String?
  package var value: String?
  package var file: String?
  package var line: Int?
  package var column: Int?
  package var function: String?
  /// Why the schedule left the thread before this one, if it did: a `ScheduleSwitch`.
  package var why: String?

  package init(
    step: Int, thread: Int, kind: String, object: String? = nil, value: String? = nil,
    at location: SourceLocation? = nil, function: String? = nil, why: String? = nil
  ) {
    self.step = step
    self.thread = thread
    self.kind = kind
    self.object = object
    self.value = value
    self.file = location?.file
    self.line = location?.line
    self.column = location?.column
    self.function = function
    self.why = why
  }

  package var location: SourceLocation? {
    guard let file, let line else { return nil }
    return SourceLocation(file: file, line: line, column: column)
  }
}
