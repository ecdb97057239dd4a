import Synchronization

/// Lines of source files; each file is read once.
package final class SourceFiles: Sendable {
  private let files = Mutex<[String: [String]]>([:])

  package init() {}

  /// The text of a line without the spaces around it.
  package func trimmedLine(_ location: SourceLocation) -> String? {
    line(location).map { line in
      String(line.drop { $0 == " " || $0 == "\t" }).trimmedAtEnd
    }
  }

  /// The text of a line; nil where the file or the line is not there.
  func line(_ location: SourceLocation) -> String? {
    let lines = files.withLock { files in
      if let lines = files[location.file] { return lines }
      let text = FileContents.text(of: location.file) ?? ""
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        String($0)
      }
      files[location.file] = lines
      return lines
    }
    guard lines.indices.contains(location.line - 1) else { return nil }
    return lines[location.line - 1]
  }
}
