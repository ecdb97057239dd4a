internal import ArgumentParser
internal import CorpusPrograms
internal import LockstepExploration
internal import LockstepReport
internal import LockstepTerminal

/// `corpus`: explores a program of `Tests/Corpus`, and checks it against what is known of it.
@main
struct CorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus",
    abstract: "Explores a program of the literature, and checks it against what is known of it.",
    discussion: """
      Without a name, lists the programs. Exits with 0 when the program shows what it must, 1 when \
      it does not, 2 on a usage error, and 3 when not every schedule was explored.
      """)

  @Argument(help: ArgumentHelp("A program.", valueName: "name"))
  var name: String?

  @Argument(
    help: ArgumentHelp("Its sizes; those that it is known by, if left out.", valueName: "n"))
  var sizes: [Int] = []

  @Option(help: ArgumentHelp(Strategy.help, valueName: "strategy"))
  var strategy = "exhaustive"

  @Option(help: ArgumentHelp("Seconds that the exploration may take.", valueName: "seconds"))
  var budget = 600

  @Flag(help: "Print a JSON array with one object, instead of the page.")
  var json = false

  /// For the benchmarks: as many executions as there are classes, by the runtime alone.
  @Flag(help: .hidden)
  var floor = false

  /// Usage errors and tokens that do not fit end with 2, as the help says.
  static func main() {
    do {
      let command = try parse()
      try command.run()
    } catch let code as ExitCode {
      Self.exit(withError: code)
    } catch let error as ExplorationError {
      StandardError.write("corpus: \(error)")
      Self.exit(withError: ExitCode(2))
    } catch {
      if exitCode(for: error) == .success { Self.exit(withError: error) }
      StandardError.write(fullMessage(for: error))
      Self.exit(withError: ExitCode(2))
    }
  }

  func validate() throws {
    guard budget > 0 else { throw ValidationError("'--budget' is a number of seconds above 0") }
    guard Strategy(named: strategy) != nil else {
      throw ValidationError(
        "a strategy is one of \(Strategy.help), not '\(strategy)'")
    }
    guard let name else { return }
    guard let program = CorpusProgram.all.first(where: { $0.name == name }) else {
      let known = CorpusProgram.all.map { "'\($0.name)'" }.joined(separator: ", ")
      throw ValidationError("a program is one of \(known), not '\(name)'")
    }
    guard sizes.isEmpty || sizes.count == program.parameters.count else {
      let wanted = program.parameters.isEmpty ? "none" : program.parameters.joined(separator: ", ")
      throw ValidationError("the sizes of '\(name)' are: \(wanted)")
    }
    for (size, least) in zip(sizes, program.minimums) where size < least {
      throw ValidationError("a size of '\(name)' is at least \(least), not \(size)")
    }
  }

  func run() throws {
    guard let program = CorpusProgram.all.first(where: { $0.name == name }) else {
      return StandardOutput.write(listing)
    }
    InterruptHandler.install()
    let sizes = sizes.isEmpty ? program.defaults : sizes
    if floor { return try printFloor(program, sizes) }
    let result = try explore(program, sizes)
    if json {
      StandardOutput.write(try UnitReport.json([result.unit]))
    } else {
      StandardOutput.write(result.description)
    }
    if Interruption.isRequested { throw ExitCode(InterruptHandler.exitCode) }
    let complaints = complaints(about: result.unit, program, sizes)
    for complaint in complaints { StandardError.write("corpus: \(complaint)") }
    if !complaints.isEmpty { throw ExitCode(1) }
    if !result.isComplete { throw ExitCode(3) }
  }

  private func printFloor(_ program: CorpusProgram, _ sizes: [Int]) throws {
    let name = ([program.name] + sizes.map(String.init)).joined(separator: " ")
    guard let classes = program.classes(sizes) else {
      throw ValidationError("how many classes '\(name)' has is not known; choose other sizes")
    }
    guard case .threads(let run) = program.body else {
      throw ValidationError("the floor is that of threads; '\(program.name)' runs in tasks")
    }
    let unit = try Floor.measure(name, executions: classes) { run(sizes) }
    let line = "\(name): floor, \(classes) executions, \(unit.seconds) s"
    StandardOutput.write(json ? try UnitReport.json([unit]) : line)
  }

  private func explore(_ program: CorpusProgram, _ sizes: [Int]) throws -> ExplorationReport {
    var configuration = Configuration()
    configuration.strategy = Strategy(named: strategy) ?? .exhaustive
    configuration.budget = .seconds(budget)
    configuration.name = ([program.name] + sizes.map(String.init)).joined(separator: " ")
    configuration.probe = probe
    configuration.onProgress = ProgressLine.forTerminal()
    let command = "corpus \(configuration.name) --strategy replay:"
    configuration.replayCommand = { command + $0 }
    switch program.body {
    case .threads(let run):
      return try LockstepExploration.explore(configuration) { run(sizes) }.report
    case .tasks(let run):
      return try LockstepExploration.explore(configuration) { await run(sizes) }.report
    }
  }

  /// What the result is not that it must be, a phrase each.
  private func complaints(
    about unit: UnitReport, _ program: CorpusProgram, _ sizes: [Int]
  ) -> [String] {
    guard strategy == "exhaustive", unit.complete else { return [] }
    var complaints: [String] = []
    if let classes = program.classes(sizes), classes != unit.executions {
      complaints.append("\(unit.executions) executions, of \(classes) classes")
    }
    if unit.blocked > 0 { complaints.append("\(unit.blocked) blocked executions") }
    if let finding = program.finding, !unit.findings.contains(where: { $0.kind == finding }) {
      complaints.append("no finding '\(finding)'")
    }
    if program.finding == nil, let finding = unit.findings.first {
      complaints.append("a finding in a correct program: \(finding.summary)")
    }
    return complaints
  }

  private var listing: String {
    CorpusProgram.all.map { program in
      let usage = ([program.name] + program.parameters.map { "<\($0)>" }).joined(separator: " ")
      return "\(usage)\n    \(program.summary)"
    }.joined(separator: "\n")
  }
}
