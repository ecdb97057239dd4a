package import LockstepExploration
internal import Foundation

/// A line on a terminal that says how far a long exploration is.
package enum ProgressLine {
  /// What to tell the progress to; nil where standard error is no terminal.
  package static func forTerminal() -> ((ExplorationProgress) -> Void)? {
    guard isatty(STDERR_FILENO) != 0 else { return nil }
    return { show(executions: $0.executions, seconds: Int($0.elapsed.components.seconds)) }
  }

  /// Writes the line anew.
  package static func show(executions: Int, seconds: Int) {
    let text = "\r\u{1B}[K\(executions) executions, \(seconds) s\r"
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// Takes the line away.
  package static func clear() {
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}
