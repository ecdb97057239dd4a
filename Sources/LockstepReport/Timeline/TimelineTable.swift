/// The rows of a timeline, before their widths are known.
struct TimelineTable {
  enum Row: Equatable {
    case step(number: Int, thread: Int, action: TimelineAction, source: SourceCell)
    /// The schedule left a thread for another.
    case switched(from: Int, to: Int, text: String)
    case elided(steps: Int)
  }

  /// The right-hand column: the place, and the text of the line where there is room.
  struct SourceCell: Equatable {
    var place = ""
    var line = ""

    var text: String { place + (line.isEmpty ? "" : "  " + line) }

    /// The place, and as much of the line as fits, unless that is too little to read.
    func text(width: Int) -> String {
      let room = width - place.count - 2
      return room < min(line.count, 8)
        ? place.truncated(to: width) : text.truncated(to: width).trimmedAtEnd
    }
  }

  var rows: [Row] = []
  /// Threads that have a row, ascending, and their names.
  var threads: [Int]
  var names: [String]
  var width: Int

  init(_ finding: FindingReport, width: Int, sourceLine: (SourceLocation) -> String?) {
    let events = finding.events
    threads = Set(events.map(\.thread)).sorted()
    names = threads.map(finding.threadName)
    self.width = width
    var last: ReportedEvent?
    for event in events {
      // One message may be printed in many parts.
      if let last, event.kind == "output", event.repeats(last) { continue }
      let skipped = event.step - (last?.step ?? 0) - 1
      if skipped > 0 { rows.append(.elided(steps: skipped)) }
      if let last, last.thread != event.thread {
        let name = finding.threadName(event.thread)
        let text = event.why.map { "⟶ \(name): \($0)" } ?? "⟶ \(name)"
        rows.append(.switched(from: last.thread, to: event.thread, text: text))
      }
      let line = event.location.flatMap(sourceLine)
      let source = SourceCell(place: event.location?.text ?? "", line: line ?? "")
      rows.append(
        .step(
          number: event.step, thread: event.thread, action: TimelineAction(event),
          source: source))
      last = event
    }
  }

  func lines(style: TextStyle) -> [String] {
    if let columns = TimelineColumns(self) {
      columns.lines(of: self, style: style)
    } else {
      TimelineLanes(self).lines(of: self, style: style)
    }
  }

  /// Characters of the widest step number.
  var numberWidth: Int { max(4, rows.map { String($0.number ?? 0).count }.max() ?? 0) }

  static func elisionText(_ steps: Int) -> String {
    steps == 1 ? "⋯ 1 step" : "⋯ \(steps) steps"
  }
}

extension ReportedEvent {
  /// Whether it is the same once more, but for when it was.
  fileprivate func repeats(_ other: ReportedEvent) -> Bool {
    kind == other.kind && thread == other.thread && location == other.location
      && object == other.object && value == other.value
  }
}

extension TimelineTable.Row {
  var number: Int? {
    guard case .step(let number, _, _, _) = self else { return nil }
    return number
  }

  var source: TimelineTable.SourceCell {
    guard case .step(_, _, _, let source) = self else { return .init() }
    return source
  }
}
