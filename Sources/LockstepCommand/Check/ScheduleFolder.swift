import Foundation
import LockstepExploration
import LockstepReport
import LockstepTerminal

/// Where `lockstep check` keeps the schedules of what it finds: as soon as it is found, and again with
/// the least schedule and a sentence when all is known.
final class ScheduleFolder {
  private let folder: String
  private let program: String
  private let arguments: [String]
  private let request: ProgramRequest
  private var early: [String] = []
  private var counts: [String: Int] = [:]
  private var hasComplained = false

  init(folder: String, program: String, arguments: [String], request: ProgramRequest) {
    self.folder = folder
    self.program = URL(fileURLWithPath: program).lastPathComponent
    self.arguments = arguments
    self.request = request
  }

  /// Keeps the schedule of something that was just found.
  func keep(kind: String, token: String) {
    if let path = write(kind: kind, summary: "found, not yet explained", token: token) {
      early.append(path)
    }
  }

  /// Keeps the findings of the report, in place of those kept before.
  ///
  /// - Returns: the file of each finding.
  func keep(_ findings: [UnitResult.Finding]) -> [String] {
    for path in early { unlink(path) }
    early = []
    counts = [:]
    return findings.compactMap { finding in
      guard let token = finding.schedule, !token.isEmpty else { return nil }
      return write(kind: finding.kind, summary: finding.summary, token: token)
    }
  }

  /// A folder or a disk that cannot be written is said once, and costs nothing else.
  private func write(kind: String, summary: String, token: String) -> String? {
    counts[kind, default: 0] += 1
    let path = "\(folder)/\(program)-\(kind)-\(counts[kind, default: 1]).schedule"
    var file = ScheduleFile(
      program: program, arguments: arguments, unit: request.name, finding: kind, summary: summary,
      token: token)
    file.exitStatus = request.exitStatus
    file.spuriousWakeups = request.spuriousWakeups
    do {
      try file.write(to: path)
      return path
    } catch {
      if !hasComplained { StandardError.write("lockstep: \(error)") }
      hasComplained = true
      return nil
    }
  }
}
