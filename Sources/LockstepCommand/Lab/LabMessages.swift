import LockstepTerminal

extension CommandError {
  static func unknownCell(_ name: String, known: [String]) -> Self {
    Self(
      description: "the lab has the cells \(known.joined(separator: ", ")); it has no '\(name)'")
  }

  static var replayNeedsOneUnit: Self {
    Self(description: "a token is of one unit; name it, as in 'lockstep lab \"race 2x3\"'")
  }

  static func exploration(_ reason: String) -> Self { Self(description: reason) }
}

extension Message {
  static func labInterrupted(after count: Int, of total: Int) -> String {
    "lockstep: interrupted after \(count) of \(total) units"
  }

  static func unexpected(_ unit: String, _ complaints: [String]) -> String {
    "lockstep: '\(unit)' does not show what it must: \(complaints.joined(separator: "; "))"
  }
}

extension ExitStatus {
  /// What a shell reports of a program that ctrl-C ended.
  static let interrupted = ExitStatus(code: InterruptHandler.exitCode)
}
