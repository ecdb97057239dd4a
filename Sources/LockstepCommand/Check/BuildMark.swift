import Foundation

/// A note in each executable that `lockstep build` linked: all of the package's code in it is
/// instrumented, reads before writes included.
enum BuildMark {
  private static let section = ".note.lockstep"

  /// Survives `strip`, as a symbol would not: see elf(5), notes.
  static let source = """
    #include <stdint.h>

    __attribute__((section("\(section)"), used, aligned(4))) static const struct {
      uint32_t nameSize, contentSize, type;
      char name[12];
      uint32_t content;
    } note = {9, 4, 1, "Lockstep", 1};

    """

  /// Whether a program's file has the note.
  static func isIn(_ path: String) -> Bool {
    guard let file = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    else { return false }
    let note = Data(
      [9, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0] + Array("Lockstep\0\0\0\0".utf8) + [1, 0, 0, 0])
    return noteRanges(of: file).contains { file[$0].range(of: note) != nil }
  }

  private static func noteRanges(of file: Data) -> [Range<Int>] {
    file.withUnsafeBytes { bytes in
      guard bytes.count >= 64 else { return [] }
      let table = Int(clamping: bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
      let size = Int(bytes.loadUnaligned(fromByteOffset: 54, as: UInt16.self))
      let count = Int(bytes.loadUnaligned(fromByteOffset: 56, as: UInt16.self))
      guard size >= 56, table <= bytes.count, count <= (bytes.count - table) / size else {
        return []
      }
      return (0..<count).compactMap { index in
        let header = table + index * size
        guard bytes.loadUnaligned(fromByteOffset: header, as: UInt32.self) == 4 else { return nil }
        let offset = bytes.loadUnaligned(fromByteOffset: header + 8, as: UInt64.self)
        let length = bytes.loadUnaligned(fromByteOffset: header + 32, as: UInt64.self)
        guard let start = Int(exactly: offset), let length = Int(exactly: length),
          start <= bytes.count, length <= bytes.count - start
        else { return nil }
        return start..<(start + length)
      }
    }
  }
}
