/// The table for many threads: a dot in the thread's lane, and one wide column with name and action.
struct TimelineLanes {
  /// More lanes than this leave no room for words; the name alone then tells the thread.
  static let mostLanes = 16

  private var numberWidth: Int
  private var actionWidth: Int
  private var sourceWidth: Int
  private var hasLanes: Bool

  init(_ table: TimelineTable) {
    numberWidth = table.numberWidth
    hasLanes = table.threads.count <= Self.mostLanes
    let natural = table.rows.map { Self.text(of: $0, in: table).count }.max() ?? 0
    let places = table.rows.map(\.source.place.count).max() ?? 0
    let sources = table.rows.map(\.source.text.count).max() ?? 0
    let lanes = hasLanes ? 2 * table.threads.count - 1 + TimelineColumns.separator.count : 0
    let bars = TimelineColumns.separator.count * (sources > 0 ? 2 : 1)
    let room = table.width - numberWidth - lanes - bars
    actionWidth = min(natural, room - min(places, 24))
    sourceWidth = min(sources, room - actionWidth)
  }

  private static func text(of row: TimelineTable.Row, in table: TimelineTable) -> String {
    switch row {
    case .step(_, let thread, let action, _): prefix(of: thread, in: table) + action.text
    case .switched(_, _, let text): text
    case .elided(let steps): TimelineTable.elisionText(steps)
    }
  }

  private static func prefix(of thread: Int, in table: TimelineTable) -> String {
    guard let lane = table.threads.firstIndex(of: thread) else { return "" }
    return table.names[lane].truncated(to: 20) + ": "
  }

  func lines(of table: TimelineTable, style: TextStyle) -> [String] {
    var parts = [String(repeating: "─", count: numberWidth)]
    if hasLanes { parts.append(String(repeating: "─", count: 2 * table.threads.count - 1)) }
    parts.append(String(repeating: "─", count: actionWidth))
    if sourceWidth > 0 { parts.append(String(repeating: "─", count: sourceWidth)) }
    return [style.applying(.dim, to: parts.joined(separator: "─┼─"))]
      + table.rows.map { line(of: $0, in: table, style: style) }
  }

  private func line(
    of row: TimelineTable.Row, in table: TimelineTable, style: TextStyle
  ) -> String {
    let bar = style.applying(.dim, to: TimelineColumns.separator)
    var number = ""
    var role = TextStyle.Role.dim
    var text = Self.text(of: row, in: table).truncated(to: actionWidth)
    var lane: Int?
    switch row {
    case .step(let step, let thread, let action, _):
      number = String(step)
      role = .thread(thread)
      lane = table.threads.firstIndex(of: thread)
      let prefix = Self.prefix(of: thread, in: table)
      if prefix.count + 8 < actionWidth {
        text = prefix + action.text(width: actionWidth - prefix.count)
      }
    case .switched: role = .strong
    case .elided: break
    }
    let dots = table.threads.indices.map { $0 == lane ? "●" : "·" }.joined(separator: " ")
    let source = row.source.text(width: sourceWidth)
    var parts = [number.paddedAtStart(to: numberWidth)]
    if hasLanes { parts.append(style.applying(role, to: dots)) }
    parts.append(style.applying(role, to: text.padded(to: actionWidth)))
    if sourceWidth > 0 { parts.append(style.applying(.dim, to: source)) }
    return parts.joined(separator: bar).trimmedAtEnd
  }
}
