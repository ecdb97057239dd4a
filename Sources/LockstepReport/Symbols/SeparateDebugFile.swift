import Glibc

/// Debug information that was moved out of a file, where `llvm-symbolizer` looks for it.
enum SeparateDebugFile {
  private static let folder = "/usr/lib/debug"

  /// Whether there may be such a file.
  static func exists(for file: ELFFile, path: String) -> Bool {
    let candidates = [byIdentifier(file)].compactMap { $0 } + byLink(file, path: path)
    return candidates.contains { access($0, F_OK) == 0 }
  }

  /// By the build's identifier, the first byte of which is a folder.
  private static func byIdentifier(_ file: ELFFile) -> String? {
    let section = file.sections.first { file.name(of: $0) == ".note.gnu.build-id" }
    // Sizes of the name and of the identifier, a type, and the name "GNU".
    guard let start = section?.bytes.lowerBound,
      let size = file.block.integer(at: start &+ 4, as: UInt32.self), size > 1, size <= 64
    else { return nil }
    let digits = (0..<Int(size)).compactMap { index in
      file.block.integer(at: start &+ 16 + index, as: UInt8.self).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    guard digits.count == Int(size) else { return nil }
    return "\(folder)/.build-id/\(digits[0])/\(digits.dropFirst().joined()).debug"
  }

  /// By a name in the file, in folders beside it.
  private static func byLink(_ file: ELFFile, path: String) -> [String] {
    guard let section = file.sections.first(where: { file.name(of: $0) == ".gnu_debuglink" }),
      let name = file.block.text(at: section.bytes.lowerBound)
    else { return [] }
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return ["\(parent)/\(name)", "\(parent)/.debug/\(name)", "\(folder)\(parent)/\(name)"]
  }
}
