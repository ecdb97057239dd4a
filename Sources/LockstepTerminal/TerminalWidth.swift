internal import Foundation

/// How many columns the terminal has that standard output goes to.
package enum TerminalWidth {
  /// Without a terminal, as many as go into a line of a log.
  package static var current: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 60 else { return 100 }
    return Int(size.ws_col)
  }
}
