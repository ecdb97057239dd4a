internal import Foundation

/// Another tool that explores the same programs, if the person has it.
///
/// Tried with GenMC 0.10.3; Nidhugg's command was written from its usage text. The exact one is printed
/// with what it gave.
struct Peer: CaseIterable {
  let name: String
  let program: String
  /// Before and after the sizes, which are given to the C preprocessor.
  private let before: [String]
  private let after: [String]
  /// What stands before the number of executions in its output.
  private let mark: String

  static let allCases = [
    // Optimal DPOR on sequential consistency. Options of the compiler stand before `--`.
    Peer(
      name: "nidhugg", program: "nidhuggc", before: ["-O1"], after: ["--", "-sc", "-optimal"],
      mark: "Trace count:"),
    // Here they stand after it.
    Peer(
      name: "genmc", program: "genmc", before: ["--sc", "--disable-estimation", "--", "-DATOMIC"],
      after: [], mark: "Number of complete executions explored:"),
  ]

  /// What a peer gave for a program.
  enum Result {
    case notInstalled
    case failed(command: String, code: Int32)
    case measured(command: String, seconds: Double, executions: Int?)
  }

  /// Runs a program's C twin in `folder`, the median of so many times.
  ///
  /// - Throws: `BenchmarkError` when it cannot be started though it is there.
  func measure(
    _ benchmark: BenchmarkProgram, in folder: String, core: Int, runs: Int
  ) throws -> Result {
    guard let path = Self.path(of: program) else { return .notInstalled }
    let sizes = benchmark.sizes.enumerated().map { "-DSIZE\($0 + 1)=\($1)" }
    let process = PinnedProcess(
      program: path, arguments: before + sizes + after + ["\(folder)/\(benchmark.name).c"],
      core: core)
    var seconds: [Double] = []
    var executions: Int?
    for _ in 0..<runs {
      let outcome = try process.run()
      guard outcome.code == 0 else {
        return .failed(command: process.command, code: outcome.code)
      }
      seconds.append(outcome.seconds)
      executions = count(in: outcome.output)
    }
    seconds.sort()
    return .measured(
      command: process.command, seconds: seconds[seconds.count / 2], executions: executions)
  }

  private func count(in output: String) -> Int? {
    guard let range = output.range(of: mark) else { return nil }
    return Int(output[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
  }

  private static func path(of program: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }
}
