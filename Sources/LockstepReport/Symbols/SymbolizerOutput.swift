/// What `llvm-symbolizer --output-style=LLVM` prints: for each address two lines for each function, its
/// name and its place, and an empty line at the end.
enum SymbolizerOutput {
  struct Symbol: Equatable {
    /// Empty where it is not known.
    var functionName: String
    var fileName: String
    /// 0 where it is not known; the column, too.
    var line: Int
    var column: Int

    init(functionName: String, place: DWARFFilePaths.Place = DWARFFilePaths.Place()) {
      self.functionName = functionName
      (fileName, line, column) = (place.file, place.line, place.column)
    }

    /// - Parameters:
    ///   - name: as the tool prints it.
    ///   - place: file, line and column between colons.
    init?(name: Substring, place: Substring) {
      let parts = place.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard parts.count > 2, let line = Int(Substring(parts[parts.count - 2])),
        let column = Int(Substring(parts[parts.count - 1]))
      else { return nil }
      functionName = name == "??" ? "" : String(name)
      // A file's name may have colons itself.
      fileName = String(place[..<parts[parts.count - 3].endIndex])
      (self.line, self.column) = (line, column)
    }
  }

  /// The symbols of each address, the innermost inlined function first; nil for anything else.
  static func parse(_ text: String) -> [[Symbol]]? {
    var all: [[Symbol]] = []
    var symbols: [Symbol] = []
    var name: Substring?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if let function = name {
        guard let symbol = Symbol(name: function, place: line) else { return nil }
        symbols.append(symbol)
        name = nil
      } else if line.isEmpty {
        all.append(symbols)
        symbols = []
      } else {
        name = line
      }
    }
    return name == nil && symbols.isEmpty ? all : nil
  }
}
