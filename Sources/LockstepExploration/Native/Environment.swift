internal import Glibc

/// What the environment says about how to explore.
package enum Environment {
  private static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Folder into which each explored test writes its result, for `lockstep test`.
  package static var resultsFolder: String? { value("LOCKSTEP_RESULTS") }

  /// A token to replay instead of exploring.
  package static var replayToken: String? { value("LOCKSTEP_REPLAY") }

  /// Whether to hand control between kernel threads even where contexts can be adopted.
  static var handsOver: Bool { value("LOCKSTEP_HAND_OVER") == "1" }

  /// Seconds without a visible step before the watchdog ends the process.
  static var watchdogSeconds: UInt32? { value("LOCKSTEP_WATCHDOG").flatMap { UInt32($0) } }
}
