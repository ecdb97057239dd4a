internal import Foundation

/// The results as a page: a table, then memory, then the commands that were run.
struct BenchmarkTable: CustomStringConvertible {
  let results: [BenchmarkResult]
  let runs: Int
  let core: Int

  var description: String {
    var lines = [
      "Whole processes on core \(core), median of \(runs). The floor is as many executions with the "
        + "runtime alone:", "thread starts and switches at random, no engine, no trace read.", "",
    ]
    lines += table(
      [
        ["program", "executions", "seconds", "per second", "floor", "ratio"]
          + Peer.allCases.map(\.name)
      ] + results.map(row))
    let measured = results.filter { $0.memory != nil }
    if !measured.isEmpty {
      lines += ["", "Resident memory in MiB, every 50 ms:", ""]
      lines += table(
        [["program", "peak", "samples", "first quarter", "last quarter"]]
          + measured.compactMap(memoryRow))
    }
    lines += ["", "Commands:"]
    for result in results {
      lines += ["  \(result.exploration.command)", "  \(result.floor.command)"]
    }
    lines += peerNotes
    return lines.joined(separator: "\n")
  }

  private func row(_ result: BenchmarkResult) -> [String] {
    [
      result.program.title, "\(result.exploration.executions)", decimal(result.exploration.seconds),
      "\(Int(result.executionsPerSecond.rounded()))", decimal(result.floor.seconds),
      decimal(result.ratio, digits: 1),
    ]
      + result.peers.map { _, outcome in
        switch outcome {
        case .notInstalled: return "not installed"
        case .failed(_, let code): return "exited with \(code)"
        case .measured(_, let seconds, let executions):
          let other = executions.map { $0 == result.exploration.executions ? "" : " (\($0))" }
          return decimal(seconds) + (other ?? " (?)")
        }
      }
  }

  private func memoryRow(_ result: BenchmarkResult) -> [String]? {
    guard let memory = result.memory else { return nil }
    func mebibytes(_ kibibytes: Int?) -> String {
      kibibytes.map { decimal(Double($0) / 1_024, digits: 1) } ?? "too short"
    }
    return [
      result.program.title, mebibytes(memory.peakKiB), "\(memory.samples)",
      mebibytes(memory.firstQuarterKiB), mebibytes(memory.lastQuarterKiB),
    ]
  }

  private var peerNotes: [String] {
    var notes: [String] = []
    for (index, peer) in Peer.allCases.enumerated() {
      var isMissing = false
      for result in results where index < result.peers.count {
        switch result.peers[index].result {
        case .notInstalled: isMissing = true
        case .failed(let command, _), .measured(let command, _, _): notes.append("  \(command)")
        }
      }
      if isMissing {
        notes.append("  \(peer.name): not installed, there is no '\(peer.program)' in PATH")
      }
    }
    return notes
  }

  /// The first column to the left, the others to the right.
  private func table(_ rows: [[String]]) -> [String] {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { index, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
  }

  private func decimal(_ number: Double, digits: Int = 3) -> String {
    String(format: "%.\(digits)f", number)
  }
}
