import Foundation

/// One address of what `llvm-symbolizer --output-style=JSON` prints.
struct SymbolizerOutput: Decodable {
  struct Symbol: Decodable {
    var column: Int
    var fileName: String
    var functionName: String
    var line: Int

    private enum CodingKeys: String, CodingKey {
      case column = "Column"
      case fileName = "FileName"
      case functionName = "FunctionName"
      case line = "Line"
    }
  }

  var address: String
  /// The innermost inlined function first; none where the tool has an error to tell instead.
  var symbols: [Symbol]?

  private enum CodingKeys: String, CodingKey {
    case address = "Address"
    case symbols = "Symbol"
  }

  /// The symbols of each address of a batch.
  static func parse(_ text: String) -> [UInt: [Symbol]] {
    guard let outputs = try? JSONDecoder().decode([SymbolizerOutput].self, from: Data(text.utf8))
    else { return [:] }
    let pairs = outputs.compactMap { output in
      UInt(output.address.dropFirst(2), radix: 16).map { ($0, output.symbols ?? []) }
    }
    return Dictionary(pairs) { first, _ in first }
  }
}
