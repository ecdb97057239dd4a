internal import ArgumentParser
internal import CAffinity
internal import Foundation

/// `exhaust`: times exhaustive explorations of the corpus against the floor and against peers.
@main
struct ExhaustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exhaust",
    abstract: "Times exhaustive explorations, beside the runtime's floor and other tools.",
    discussion: """
      Nothing else should run meanwhile. Peers found in PATH ('nidhuggc', 'genmc') explore the same \
      programs, written in C in Benchmarks/Peers. What papers published about them is not \
      repeated here: it was measured on other machines.
      """)

  @Argument(help: "Programs of the table, such as 'race' or 'race 2 5'; all by default.")
  var names: [String] = []

  @Option(help: ArgumentHelp("Runs of each, of which the median counts.", valueName: "n"))
  var runs = 3

  @Option(
    help: ArgumentHelp(
      "The 'corpus' to run; the one built with this by default.", valueName: "path"))
  var corpus: String?

  @Option(help: ArgumentHelp("The core to run on; the last one by default.", valueName: "number"))
  var core: Int?

  @Option(help: ArgumentHelp("The folder with the peers' programs.", valueName: "path"))
  var peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Peers").standardized.path

  @Flag(help: "Print a JSON array with one object a program, instead of the page.")
  var json = false

  func validate() throws {
    guard runs > 0 else { throw ValidationError("'--runs' is a number above 0") }
    for name in names where !BenchmarkProgram.all.contains(where: { Self.matches($0, name) }) {
      let known = BenchmarkProgram.all.map { "'\($0.title)'" }.joined(separator: ", ")
      throw ValidationError("a program is one of \(known), not '\(name)'")
    }
  }

  func run() throws {
    let core = core ?? Int(max(affinity_lastCore(), 0))
    let corpus = Corpus(path: corpusPath, core: core, runs: runs)
    var results: [BenchmarkResult] = []
    for program in BenchmarkProgram.all
    where names.isEmpty || names.contains(where: { Self.matches(program, $0) }) {
      FileHandle.standardError.write(Data("exhaust: \(program.title)\n".utf8))
      results.append(
        BenchmarkResult(
          program: program, exploration: try corpus.measure(program),
          floor: try corpus.measure(program, floor: true),
          memory: program.measuresMemory ? try corpus.measureMemory(program) : nil,
          peers: try Peer.allCases.map {
            ($0, try $0.measure(program, in: peers, core: core, runs: runs))
          }))
    }
    guard json else { return print(BenchmarkTable(results: results, runs: runs, core: core)) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(results), as: UTF8.self))
  }

  /// `corpus` stands where SwiftPM put this command.
  private var corpusPath: String {
    corpus
      ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("corpus").path
  }

  private static func matches(_ program: BenchmarkProgram, _ name: String) -> Bool {
    program.name == name || program.title == name
  }
}
