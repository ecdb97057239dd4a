/// An `llvm-symbolizer` at work on one file, whose debug information it reads once.
final class SymbolizerProcess {
  let tool: String
  let file: String
  private let process: ChildProcess
  private let seconds: Double

  /// Starts it; nil when that fails.
  ///
  /// - Parameters:
  ///   - tool: its path.
  ///   - file: an executable or library.
  ///   - seconds: that an answer may take.
  init?(tool: String, file: String, seconds: Double) {
    let arguments = ["--output-style=LLVM", "--inlines", "--no-demangle", "--obj=\(file)"]
    guard let process = ChildProcess(tool, arguments) else { return nil }
    self.tool = tool
    self.file = file
    self.process = process
    self.seconds = seconds
  }

  /// Addresses that are asked for at once: what they are written with fits a socket.
  private static let batchSize = 1000

  /// The symbols at addresses as the file has them, innermost inlined function first.
  ///
  /// - Returns: nil when no answer came in time.
  func symbols(at addresses: [UInt]) -> [[SymbolizerOutput.Symbol]]? {
    var found: [[SymbolizerOutput.Symbol]] = []
    for start in stride(from: 0, to: addresses.count, by: Self.batchSize) {
      let batch = addresses[start..<min(start + Self.batchSize, addresses.count)]
      let question = batch.map { "0x\(String($0, radix: 16))\n" }.joined()
      guard process.send(question),
        let text = process.paragraphs(batch.count, seconds: seconds),
        let answers = SymbolizerOutput.parse(text), answers.count == batch.count
      else { return nil }
      found += answers
    }
    return found
  }
}
