internal import Foundation

/// Why nothing could be measured.
enum BenchmarkError: Error, CustomStringConvertible {
  case cannotStart(String, code: Int32)
  case cannotPin(Int, code: Int32)
  case failed(command: String, code: Int32, output: String)
  case notAReport(command: String)

  var description: String {
    switch self {
    case .cannotStart(let program, let code):
      "cannot start '\(program)': \(String(cString: strerror(code)))"
    case .cannotPin(let core, let code):
      "cannot run on core \(core): \(String(cString: strerror(code)))"
    case .failed(let command, let code, let output):
      "'\(command)' exited with \(code):\n\(output)"
    case .notAReport(let command): "'\(command)' did not print a report"
    }
  }
}
