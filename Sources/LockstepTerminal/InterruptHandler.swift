internal import Foundation
internal import LockstepExploration

/// Ctrl-C asks explorations to end with what they have found; a second one ends the program.
package enum InterruptHandler {
  /// What a program ends with that was interrupted: 128 and the signal's number.
  package static let exitCode: Int32 = 130

  /// Takes ctrl-C over from now on.
  package static func install() {
    signal(SIGINT) { _ in
      if Interruption.isRequested { _exit(InterruptHandler.exitCode) }
      Interruption.request()
    }
  }
}
