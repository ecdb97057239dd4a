internal import Foundation

/// The `corpus` command, run as a whole process.
struct Corpus {
  /// What is of interest in its JSON.
  private struct Report: Decodable {
    var executions: Int
    var steps: Int
    var complete: Bool
  }

  /// Several runs of one program.
  struct Measurement {
    var executions: Int
    var steps: Int
    /// The median, whole process.
    var seconds: Double
    var command: String
  }

  let path: String
  let core: Int
  let runs: Int

  /// Explores a program, or carries out as many schedules with the runtime alone.
  ///
  /// - Throws: `BenchmarkError`.
  func measure(_ program: BenchmarkProgram, floor: Bool = false) throws -> Measurement {
    let process = process(program, floor: floor)
    var seconds: [Double] = []
    var last = Report(executions: 0, steps: 0, complete: false)
    for _ in 0..<runs {
      let outcome = try process.run()
      last = try report(outcome, of: process, floor: floor)
      seconds.append(outcome.seconds)
    }
    seconds.sort()
    return Measurement(
      executions: last.executions, steps: last.steps, seconds: seconds[seconds.count / 2],
      command: process.command)
  }

  /// Explores a program once more, and looks at its memory.
  ///
  /// - Throws: `BenchmarkError`.
  func measureMemory(_ program: BenchmarkProgram) throws -> MemoryMeasurement {
    let process = process(program, floor: false)
    let outcome = try process.run(samplesMemory: true)
    _ = try report(outcome, of: process, floor: false)
    return MemoryMeasurement(peakKiB: outcome.peakResidentKiB, samplesKiB: outcome.residentKiB)
  }

  private func process(_ program: BenchmarkProgram, floor: Bool) -> PinnedProcess {
    let options = floor ? ["--floor", "--json"] : ["--json"]
    return PinnedProcess(program: path, arguments: program.arguments + options, core: core)
  }

  private func report(
    _ outcome: PinnedProcess.Outcome, of process: PinnedProcess, floor: Bool
  ) throws -> Report {
    guard outcome.code == 0 else {
      throw BenchmarkError.failed(
        command: process.command, code: outcome.code, output: outcome.output)
    }
    guard
      let reports = try? JSONDecoder().decode([Report].self, from: Data(outcome.output.utf8)),
      let report = reports.first, report.complete != floor
    else { throw BenchmarkError.notAReport(command: process.command) }
    return report
  }
}

/// How much memory an exploration took, and whether that grew.
struct MemoryMeasurement {
  let peakKiB: Int
  let samples: Int
  /// Means of the first and the last quarter of the samples; nil if there were too few.
  let firstQuarterKiB: Int?
  let lastQuarterKiB: Int?

  init(peakKiB: Int, samplesKiB: [Int]) {
    self.peakKiB = peakKiB
    samples = samplesKiB.count
    let quarter = samplesKiB.count / 4
    guard quarter > 0 else {
      firstQuarterKiB = nil
      lastQuarterKiB = nil
      return
    }
    firstQuarterKiB = samplesKiB.prefix(quarter).reduce(0, +) / quarter
    lastQuarterKiB = samplesKiB.suffix(quarter).reduce(0, +) / quarter
  }
}
