/// A place in a source file; lines and columns count from 1.
package struct SourceLocation: Hashable, Sendable, Codable {
  package var file: String
  package var line: Int
  package var column: Int?

  package init(file: String, line: Int, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// The file without its folders: `Bank.swift`.
  package var fileName: String {
    file.split(separator: "/").last.map(String.init) ?? file
  }

  /// What people read and editors jump to: `Bank.swift:20`.
  package var text: String { "\(fileName):\(line)" }
}
