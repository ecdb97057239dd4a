import Foundation
import Lockstep

/// Ctrl-C asks explorations to end with what they have found; a second one ends the program.
enum InterruptHandler {
  static func install() {
    signal(SIGINT) { _ in
      if Interruption.isRequested { _exit(ExitStatus.interrupted.rawValue) }
      Interruption.request()
    }
  }
}
