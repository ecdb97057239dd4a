/// Reads bytes of a file one after the other; what lies past the end is an error.
struct ByteReader {
  struct PastEnd: Error {}

  let block: ByteBlock
  var offset: Int

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
    guard let value = block.integer(at: offset, as: type) else { throw PastEnd() }
    offset += MemoryLayout<Value>.size
    return value
  }

  /// An unsigned number in groups of seven bits: DWARF 5, section 7.6.
  mutating func unsignedLEB() throws -> UInt {
    var value: UInt = 0
    var shift: UInt = 0
    while true {
      let byte = try integer(UInt8.self)
      if shift < 64 { value |= UInt(byte & 0x7F) << shift }
      shift += 7
      if byte & 0x80 == 0 { return value }
    }
  }

  /// A signed number in groups of seven bits.
  mutating func signedLEB() throws -> Int {
    var value: Int = 0
    var shift = 0
    while true {
      let byte = try integer(UInt8.self)
      if shift < 64 { value |= Int(byte & 0x7F) << shift }
      shift += 7
      guard byte & 0x80 == 0 else { continue }
      if byte & 0x40 != 0, shift < 64 { value |= -1 << shift }
      return value
    }
  }

  mutating func text() throws -> String {
    guard let text = block.text(at: offset) else { throw PastEnd() }
    offset += text.utf8.count + 1
    return text
  }
}
