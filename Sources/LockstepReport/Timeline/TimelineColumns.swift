/// The table with a wide column for each thread, for as many threads as there is room for.
struct TimelineColumns {
  /// A column narrower than this says too little.
  static let narrowest = 17
  static let separator = " │ "

  private var numberWidth: Int
  private var threadWidths: [Int]
  private var sourceWidth: Int

  /// Shares the table's width among the columns; nil when the threads are too many for it.
  init?(_ table: TimelineTable) {
    numberWidth = table.numberWidth
    var natural = table.names.map(\.count)
    for row in table.rows {
      guard let (thread, text) = Self.cell(of: row),
        let column = table.threads.firstIndex(of: thread)
      else { continue }
      natural[column] = max(natural[column], text.count)
    }
    let places = table.rows.map(\.source.place.count).max() ?? 0
    let sources = table.rows.map(\.source.text.count).max() ?? 0
    let bars = Self.separator.count * (natural.count + (sources > 0 ? 1 : 0))
    let room = table.width - numberWidth - bars
    let forThreads = room - min(places, 24)
    threadWidths = Self.share(forThreads, among: natural)
    guard zip(threadWidths, natural).allSatisfy({ $0 >= min($1, Self.narrowest) }) else {
      return nil
    }
    sourceWidth = min(sources, room - threadWidths.reduce(0, +))
  }

  /// Cuts the widest down to one width, so that all together take no more than `room`.
  private static func share(_ room: Int, among natural: [Int]) -> [Int] {
    var cap = natural.max() ?? 0
    while cap > 0, natural.reduce(0, { $0 + min($1, cap) }) > room { cap -= 1 }
    return natural.map { min($0, cap) }
  }

  private static func cell(of row: TimelineTable.Row) -> (thread: Int, text: String)? {
    switch row {
    case .step(_, let thread, let action, _): (thread, action.text)
    case .switched(let thread, _, let text): (thread, text)
    case .elided: nil
    }
  }

  func lines(of table: TimelineTable, style: TextStyle) -> [String] {
    let header = zip(table.names, zip(table.threads, threadWidths)).map { name, column in
      style.applying(.thread(column.0), to: name.truncated(to: column.1).padded(to: column.1))
    }
    let widths = [numberWidth] + threadWidths + (sourceWidth > 0 ? [sourceWidth] : [])
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "─┼─")
    let source = sourceWidth > 0 ? ["source"] : []
    return [
      line(["step".paddedAtStart(to: numberWidth)] + header + source, style: style),
      style.applying(.dim, to: rule),
    ] + table.rows.map { line(cells(of: $0, in: table, style: style), style: style) }
  }

  private func line(_ cells: [String], style: TextStyle) -> String {
    cells.joined(separator: style.applying(.dim, to: Self.separator)).trimmedAtEnd
  }

  private func cells(
    of row: TimelineTable.Row, in table: TimelineTable, style: TextStyle
  ) -> [String] {
    var number = ""
    var cells = threadWidths.map { "".padded(to: $0) }
    var source: [String] = []
    func put(_ text: (Int) -> String, thread: Int, as role: TextStyle.Role) {
      guard let column = table.threads.firstIndex(of: thread) else { return }
      let width = threadWidths[column]
      cells[column] = style.applying(role, to: text(width).padded(to: width))
    }
    switch row {
    case .step(let step, let thread, let action, let cell):
      number = String(step)
      put({ action.text(width: $0) }, thread: thread, as: .thread(thread))
      source = [style.applying(.dim, to: cell.text(width: sourceWidth))]
    case .switched(let thread, _, let text):
      put({ text.truncated(to: $0) }, thread: thread, as: .strong)
    case .elided(let steps):
      put(
        { TimelineTable.elisionText(steps).truncated(to: $0) }, thread: table.threads[0],
        as: .dim)
    }
    guard sourceWidth > 0 else { return [number.paddedAtStart(to: numberWidth)] + cells }
    return [number.paddedAtStart(to: numberWidth)] + cells + (source.isEmpty ? [""] : source)
  }
}

extension String {
  /// The text without the spaces at its end.
  var trimmedAtEnd: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}
