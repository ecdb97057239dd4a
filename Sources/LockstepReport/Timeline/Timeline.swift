/// A finding as people read it: one sentence, a table of its steps, where each thread stands, notes,
/// and the command that replays it.
package struct Timeline: Sendable {
  package var finding: FindingReport
  package var standings: [ThreadStanding]
  /// What else is worth knowing: what was not controlled, which build was explored.
  package var notes: [String]
  /// The one command that replays the finding.
  package var replay: String?
  /// Columns that no line goes past, except for the command and for a word that is longer.
  package var width = 100

  /// - Parameters:
  ///   - finding: with the events that matter; gaps between their step numbers are elided.
  ///   - standings: nil takes them from the finding's waits.
  ///   - notes: a phrase each.
  ///   - replay: a command line.
  package init(
    _ finding: FindingReport, standings: [ThreadStanding]? = nil, notes: [String] = [],
    replay: String? = nil
  ) {
    self.finding = finding
    self.standings = standings ?? ThreadStanding.standings(of: finding.waits ?? [])
    self.notes = notes
    self.replay = replay
  }

  /// The whole text, each line ending in a newline.
  ///
  /// - Parameters:
  ///   - style: colours, or none.
  ///   - sourceLine: the text of a source line, if it is known.
  /// - Returns: the sentence, the table, the standings, the notes and the command, as far as given.
  package func text(
    style: TextStyle = .plain, sourceLine: (SourceLocation) -> String? = { _ in nil }
  ) -> String {
    var blocks = [finding.summary.wrapped(to: width).map { style.applying(.alarm, to: $0) }]
    let table = TimelineTable(finding, width: width, sourceLine: sourceLine)
    if !table.rows.isEmpty { blocks.append(table.lines(style: style)) }
    blocks.append(finding.raceLines(width: width))
    blocks.append(standingLines(style: style))
    blocks.append(notes.flatMap { "note: \($0)".wrapped(to: width, indent: "      ") })
    if let replay {
      // One line, whatever its length: it is there to be copied.
      blocks.append([style.applying(.strong, to: "replay: \(replay)")])
    }
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
      .joined(separator: "\n")
  }

  private func standingLines(style: TextStyle) -> [String] {
    let names = standings.map { finding.threadName($0.thread).truncated(to: 24) }
    let widest = names.map(\.count).max() ?? 0
    let lines = zip(names, standings).map { name, standing in
      let indent = String(repeating: " ", count: widest + 2)
      let lines = standing.text.wrapped(to: width - indent.count)
      return lines.enumerated().map { index, line in
        let name = name.padded(to: widest)
        return index == 0
          ? style.applying(.thread(standing.thread), to: name) + "  " + line : indent + line
      }
    }
    return lines.flatMap { $0 }
  }
}
