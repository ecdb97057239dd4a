internal import LockstepReport
internal import Synchronization

/// Lines of source files, read when they are first asked for.
enum SourceLines {
  private static let files = Mutex<[String: [String]]>([:])

  static func text(at location: SourceLocation) -> String? {
    let lines = files.withLock { files in
      if let known = files[location.file] { return known }
      let text = FileContents.text(of: location.file) ?? ""
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      files[location.file] = lines
      return lines
    }
    guard lines.indices.contains(location.line - 1) else { return nil }
    let line = lines[location.line - 1].drop(while: \.isWhitespace)
    return line.lastIndex { !$0.isWhitespace }.map { String(line[...$0]) } ?? ""
  }
}
