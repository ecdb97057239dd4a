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

  /// The innermost inlined function first; none where the tool has an error to tell instead.
  var symbols: [Symbol]?

  private enum CodingKeys: String, CodingKey {
    case symbols = "Symbol"
  }

  /// The symbols of each address, a line each; nil for anything else.
  static func parse(lines: String) -> [[Symbol]]? {
    let list = "[" + lines.split(separator: "\n").joined(separator: ",") + "]"
    let outputs = try? JSONDecoder().decode([SymbolizerOutput].self, from: Data(list.utf8))
    return outputs?.map { $0.symbols ?? [] }
  }
}
