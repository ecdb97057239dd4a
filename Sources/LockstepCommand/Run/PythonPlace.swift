import LockstepReport

/// A line of Python code, read from the memory of a process that runs CPython 3.11.
///
/// The thread that was there may have ended, so that there is no frame any more; its code object is the
/// module's and stays.
struct PythonPlace {
  let memory: ProcessMemory

  /// Members of CPython 3.11's objects: Include/cpython/code.h, unicodeobject.h, bytesobject.h.
  private enum Offset {
    static let firstLine: UInt = 72
    static let file: UInt = 112
    static let name: UInt = 128
    static let lines: UInt = 136
    static let code: UInt = 184
    static let size: UInt = 16
    static let state: UInt = 32
    static let bytes: UInt = 32
    static let asciiText: UInt = 48
    static let text: UInt = 72
  }

  /// - Parameters:
  ///   - code: address of a code object.
  ///   - instruction: address of an instruction in it.
  /// - Returns: nil when there is no such object.
  func place(code: UInt, instruction: UInt) -> HangReport.Place? {
    guard let file = pointer(code + Offset.file).flatMap(text),
      let name = pointer(code + Offset.name).flatMap(text),
      let first = memory.value(at: code + Offset.firstLine, as: Int32.self),
      let table = pointer(code + Offset.lines),
      let size = memory.value(at: table + Offset.size, as: Int.self), (0..<1 << 20).contains(size),
      let lines = memory.bytes(at: table + Offset.bytes, count: size),
      instruction >= code + Offset.code
    else { return nil }
    let line = Self.line(
      at: Int(instruction - code - Offset.code), first: Int(first), table: lines)
    return HangReport.Place(function: name, file: file, line: line)
  }

  /// The line of an instruction, by a table as Objects/locations.md describes it.
  ///
  /// - Parameters:
  ///   - offset: of the instruction, in bytes.
  ///   - first: the function's first line.
  ///   - table: `co_linetable`.
  /// - Returns: nil for an instruction without a line.
  static func line(at offset: Int, first: Int, table: [UInt8]) -> Int? {
    var line = first
    var end = 0
    var index = 0
    while index < table.count {
      let entry = table[index]
      index += 1
      let kind = (entry >> 3) & 15
      if kind == 13 || kind == 14 { line += signedNumber(table, index) }
      if kind == 11 || kind == 12 { line += Int(kind) - 10 }
      end += (Int(entry & 7) + 1) * 2
      if offset < end { return kind == 15 ? nil : line }
      // Only an entry's first byte has the upper bit.
      while index < table.count, table[index] & 128 == 0 { index += 1 }
    }
    return nil
  }

  /// Groups of six bits, the lowest first; the lowest bit of all is the sign.
  private static func signedNumber(_ table: [UInt8], _ start: Int) -> Int {
    var value = 0
    var shift = 0
    for byte in table[start...] {
      value |= Int(byte & 63) << shift
      shift += 6
      if byte & 64 == 0 || shift > 48 { break }
    }
    return value & 1 == 0 ? value >> 1 : -(value >> 1)
  }

  private func pointer(_ address: UInt) -> UInt? { memory.value(at: address, as: UInt.self) }

  /// A compact string: the bits of its state tell the width of its characters and whether it is ASCII.
  private func text(_ object: UInt) -> String? {
    guard let length = memory.value(at: object + Offset.size, as: Int.self),
      (1..<4096).contains(length),
      let state = memory.value(at: object + Offset.state, as: UInt32.self), state & 32 != 0
    else { return nil }
    if state & 64 != 0 {
      return memory.bytes(at: object + Offset.asciiText, count: length)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    let width = Int(state >> 2 & 7)
    guard [1, 2, 4].contains(width),
      let bytes = memory.bytes(at: object + Offset.text, count: length * width)
    else { return nil }
    var text = String.UnicodeScalarView()
    for start in stride(from: 0, to: bytes.count, by: width) {
      let value = (0..<width).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
      if let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
    return String(text)
  }
}
