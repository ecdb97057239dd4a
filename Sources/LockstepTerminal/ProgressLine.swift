package import Lockstep
internal import Foundation

/// A line on a terminal that says how far a long exploration is.
package enum ProgressLine {
  /// What to tell the progress to; nil where standard error is no terminal.
  package static func forTerminal() -> ((ExplorationProgress) -> Void)? {
    guard isatty(STDERR_FILENO) != 0 else { return nil }
    return { progress in
      let seconds = progress.elapsed.components.seconds
      let text = "\r\u{1B}[K\(progress.executions) executions, \(seconds) s\r"
      FileHandle.standardError.write(Data(text.utf8))
    }
  }
}
