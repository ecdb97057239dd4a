import LockstepExploration
import LockstepReport

/// What a unit of the lab gave.
struct LabResult {
  let unit: LabUnit
  var report: UnitReport
  let exploration: ExplorationReport
  /// The statement's machine instructions, with a failing schedule laid over them.
  var listing: (instructions: InstructionListing, overlays: [InstructionListing.Overlay])?
  /// What it does not show that it must.
  var complaints: [String] = []

  init(_ unit: LabUnit, _ exploration: ExplorationReport) {
    self.unit = unit
    self.exploration = exploration
    report = exploration.unit
  }

  /// Disassembles the statement of the lost update, and marks where the other thread came in.
  mutating func noteInstructions() {
    guard let place = report.findings.firstIndex(where: { $0.kind == "lostUpdate" }) else { return }
    let finding = report.findings[place]
    let counters = exploration.details[place].programCounters
    guard let (read, write) = interrupted(finding), counters.indices.contains(write) else { return }
    let address = counters[write]
    let function = InstructionListing.function(at: address, symbolizer: Symbolizer())
    let statement = function.statement(atReturnAddress: address)
    report.instructions = statement.reported
    let overlay = InstructionListing.Overlay(in: finding, after: read, returnAddress: address)
    listing = (statement, [overlay].compactMap { $0 })
  }

  /// The read and the write of one thread's statement between which another wrote.
  private func interrupted(_ finding: FindingReport) -> (read: Int, write: Int)? {
    let events = finding.events
    for (index, event) in events.enumerated() where event.kind == "read" {
      guard
        let next = events[(index + 1)...].firstIndex(where: { $0.thread == event.thread }),
        events[next].kind == "write",
        events[(index + 1)..<next].contains(where: { $0.kind == "write" })
      else { continue }
      return (index, next)
    }
    return nil
  }
}
