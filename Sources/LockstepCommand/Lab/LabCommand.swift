import ArgumentParser
import Foundation
import LockstepExploration
import LockstepReport
import LockstepTerminal

/// `lockstep lab`: the lecture's notebook, cell by cell.
struct LabCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab",
    abstract: "The notebook on threads and critical sections, cell by cell, in every schedule.",
    discussion: """
      Cells: \(LabCell.allCases.map(\.rawValue).joined(separator: ", ")). A cell may consist of \
      several units, which can be asked for by name too: 'lockstep lab "race 2x3"'. Exits with 0 \
      when every cell shows what it must.
      """)

  @Argument(help: ArgumentHelp("A cell or a unit; all cells, if left out.", valueName: "cell"))
  var cell: String?

  @Flag(help: "Print a JSON array with one object a unit, instead of the page.")
  var json = false

  @Option(help: ArgumentHelp("Run the schedule of a token again, in one unit.", valueName: "token"))
  var replay: String?

  @Option(help: ArgumentHelp("Seconds that each unit may take.", valueName: "seconds"))
  var budget = 30

  func validate() throws {
    guard budget > 0 else { throw ValidationError("'--budget' is a number of seconds above 0") }
  }

  func run() throws {
    let units = try LabUnit.selected(by: cell)
    InterruptHandler.install()
    if let replay { return try run(replay, in: units) }
    var results: [LabResult] = []
    let page = LabPage(style: !json && isatty(STDOUT_FILENO) != 0 ? .ansi : .plain)
    if !json { StandardOutput.write(page.title) }
    for (index, unit) in units.enumerated() where !Interruption.isRequested {
      if !json, unit.cell != (index > 0 ? units[index - 1].cell : nil) {
        StandardOutput.write(page.heading(unit.cell))
      }
      let result = try unit.explore(budget: .seconds(budget), progress: ProgressLine.forTerminal())
      results.append(result)
      if !json { StandardOutput.write(page.text(of: result)) }
    }
    if json { StandardOutput.write(try UnitReport.json(results.map(\.report))) }
    try finish(results, of: units, page: page)
  }

  private func finish(_ results: [LabResult], of units: [LabUnit], page: LabPage) throws {
    if Interruption.isRequested {
      StandardError.write(Message.labInterrupted(after: results.count, of: units.count))
      throw ExitStatus.interrupted
    }
    let wrong = results.filter { !$0.complaints.isEmpty }
    for result in wrong {
      StandardError.write(Message.unexpected(result.unit.name, result.complaints))
    }
    if !json { StandardOutput.write(page.closing(results)) }
    if !wrong.isEmpty { throw ExitStatus.finding }
  }

  private func run(_ token: String, in units: [LabUnit]) throws {
    // 'bank' is the name of a cell and of its first unit: a token of a name is that unit's.
    let named = units.first { $0.name == cell }
    guard let unit = named ?? (units.count == 1 ? units.first : nil) else {
      throw CommandError.replayNeedsOneUnit
    }
    do {
      let result = try unit.replay(token)
      if json {
        StandardOutput.write(try UnitReport.json([result.report]))
      } else {
        let page = LabPage(style: isatty(STDOUT_FILENO) != 0 ? .ansi : .plain)
        StandardOutput.write(page.text(of: result))
      }
    } catch let error as ExplorationError {
      throw CommandError.exploration("\(error)")
    }
  }
}
