import Foundation
import LockstepReport

/// Turns return addresses into functions, files and lines.
struct SourcePlaces {
  private let symbolizer: Symbolizer
  private let symbols: ImageSymbols

  /// - Parameter symbols: of the process that the addresses are of.
  init(symbols: ImageSymbols = ImageSymbols()) {
    self.symbols = symbols
    symbolizer = Symbolizer(symbols: symbols, seconds: 5)
  }

  var notes: [String] { symbolizer.notes }

  /// Looks many up at once, which is faster.
  func prepare(_ addresses: some Sequence<UInt>) {
    symbolizer.prepare(returnAddresses: addresses.filter(hasSource))
  }

  /// The function that a return address is in, and the inlined ones; the innermost first.
  func places(_ address: UInt) -> [HangReport.Place] {
    guard hasSource(address) else {
      return [
        HangReport.Place(function: symbols.functionName(at: address &- 1), file: image(address))
      ]
      .filter { $0.function != nil || $0.file != nil }
    }
    let frames = symbolizer.frames(atReturnAddress: address)
    guard !frames.isEmpty else { return [HangReport.Place(file: image(address))] }
    return frames.map { frame in
      HangReport.Place(
        function: frame.function, file: frame.location?.file ?? image(address),
        line: frame.location?.line)
    }
  }

  /// Whether a person wrote the code at a return address.
  func isOfProgram(_ address: UInt) -> Bool { hasSource(address) }

  /// A place in a file that is not mapped any more.
  func place(file: String, offset: UInt) -> HangReport.Place {
    let frames = symbolizer.frames(inFile: file, atOffset: offset &- 1)
    let frame = frames.firstUserFrame ?? frames.last
    return HangReport.Place(
      function: frame?.function, file: frame?.location?.file ?? file, line: frame?.location?.line)
  }

  private func image(_ address: UInt) -> String? { symbols.file(at: address &- 1) }

  /// Libraries of the system and of the toolchain have names and no lines; to look for those takes
  /// long.
  private func hasSource(_ address: UInt) -> Bool {
    guard let file = symbols.file(at: address &- 1) else { return false }
    return !["/lib/", "/lib64/", "/usr/lib"].contains(where: file.hasPrefix)
      && !file.contains("/usr/lib/swift/") && !file.contains("libLockstepWatch")
  }
}
