/// One side of a data race: who touched the variable, how, and by way of which calls.
package struct RacingAccess: Equatable, Sendable, Codable {
  package var thread: Int
  /// `read`, `write`, `free`, or another name of `Event.Kind`.
  package var kind: String
  package var value: String?
  /// The calls that led there, innermost first: those in files of the program.
  package var stack: [Call]

  package struct Call: Equatable, Sendable, Codable {
    package var function: String?
    package var file: String?
    package var line: Int?

    package init(_ frame: SourceFrame) {
      function = frame.function
      file = frame.location?.file
      line = frame.location?.line
    }

    /// `Counter.swift:7  increment()`.
    var text: String {
      let place = line.flatMap { line in file.map { SourceLocation(file: $0, line: line).text } }
      return [place, function].compactMap { $0 }.joined(separator: "  ")
    }
  }

  /// As the timeline says it.
  var verb: String { kind == "opaqueReadWrite" ? "change" : kind }

  package init(thread: Int, kind: String, value: String?, frames: [SourceFrame]) {
    self.thread = thread
    self.kind = kind
    self.value = value
    stack = frames.map(Call.init)
  }
}

extension FindingReport {
  /// Both sides of a data race with their calls, and what there would have to be between them.
  func raceLines(width: Int) -> [String] {
    guard let accesses, accesses.count == 2 else { return [] }
    var lines: [String] = []
    for access in accesses {
      let value = access.value.map { access.kind == "read" ? " → \($0)" : " ← \($0)" } ?? ""
      lines.append("\(access.verb)\(value) by \(threadName(access.thread))")
      lines += access.stack.map { ("  " + $0.text).truncated(to: width) }
    }
    let names = accesses.map { threadName($0.thread) }
    let missing =
      "missing: something that \(names[0]) does after it and \(names[1]) waits for before it, such as "
      + "an unlock and a lock"
    return lines + missing.wrapped(to: width, indent: "  ")
  }
}
