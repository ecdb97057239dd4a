internal import CLockstepWatch
import Foundation

/// The stacks of Python code in a process, as CPython itself writes them.
struct PythonStacks: Equatable {
  /// By `pthread_self()`; the innermost call first.
  var stacks: [UInt: [HangReport.Place]] = [:]

  init() {}

  /// Has the process write them down, and waits for that a moment.
  ///
  /// - Parameters:
  ///   - process: its id.
  ///   - signal: upon which the library writes; nil where there is no Python.
  ///   - registry: where it writes to.
  /// - Returns: no stacks when there is no Python, or no answer.
  static func ask(_ process: Int32, signal: Int32?, through registry: Registry) -> PythonStacks {
    guard let signal else { return PythonStacks() }
    registry.clearPythonText()
    let value = sigval(
      sival_ptr: UnsafeMutableRawPointer(
        bitPattern: UInt(UInt32(truncatingIfNeeded: UInt64(LKW_MAGIC)))))
    guard sigqueue(process, signal, value) == 0 else { return PythonStacks() }
    for _ in 0..<50 {
      let text = registry.takePythonText()
      if text.hasSuffix("\nend\n") { return PythonStacks(text: text) }
      usleep(10_000)
    }
    return PythonStacks()
  }

  /// - Parameter text: what `_Py_DumpTracebackThreads` writes (Python/traceback.c).
  init(text: String) {
    var handle: UInt?
    for line in text.split(separator: "\n") {
      if let start = line.firstRange(of: "hread 0x") {
        handle = UInt(line[start.upperBound...].prefix(while: \.isHexDigit), radix: 16)
      } else if let handle, let place = Self.place(line) {
        stacks[handle, default: []].append(place)
      }
    }
  }

  /// `  File "bank.py", line 12 in transfer`.
  private static func place(_ line: Substring) -> HangReport.Place? {
    guard line.hasPrefix("  File \""), let name = line.range(of: "\", line ", options: .backwards)
    else { return nil }
    let rest = line[name.upperBound...].split(separator: " ", maxSplits: 2)
    guard let number = rest.first.flatMap({ Int($0) }), rest.count == 3 else { return nil }
    let file = line[line.index(line.startIndex, offsetBy: 8)..<name.lowerBound]
    return HangReport.Place(function: String(rest[2]), file: String(file), line: number)
  }
}
