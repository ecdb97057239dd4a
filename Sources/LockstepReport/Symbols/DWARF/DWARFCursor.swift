/// Reads the bytes of a section one after the other; what lies past the end is an error.
///
/// Unlike a `ByteReader` it refers to bytes without holding them, as references would be counted millions
/// of times: whoever has one keeps the file mapped.
struct DWARFCursor {
  let bytes: UnsafeRawBufferPointer
  var offset: Int

  /// A cursor that may be anywhere: past the end, each read is an error.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  @inline(__always)
  mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type
  ) throws(DWARFError) -> Value {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<Value>.size else { throw .corrupt }
    // The guard above keeps the load inside of the bytes.
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    offset += MemoryLayout<Value>.size
    return Value(littleEndian: value)
  }

  /// An integer of 1 to 8 bytes, zero-extended.
  mutating func integer(bytes count: Int) throws(DWARFError) -> UInt64 {
    switch count {
    case 1: return UInt64(try integer(UInt8.self))
    case 2: return UInt64(try integer(UInt16.self))
    case 3: return UInt64(try integer(UInt16.self)) | UInt64(try integer(UInt8.self)) << 16
    case 4: return UInt64(try integer(UInt32.self))
    case 8: return try integer(UInt64.self)
    default: throw .unsupported
    }
  }

  /// A place in another section.
  mutating func sectionOffset() throws(DWARFError) -> Int { Int(try integer(UInt32.self)) }

  /// An unsigned number in groups of seven bits: DWARF 5, section 7.6.
  @inline(__always)
  mutating func unsignedLEB() throws(DWARFError) -> UInt64 {
    let first = try integer(UInt8.self)
    return first & 0x80 == 0 ? UInt64(first) : try longUnsignedLEB(after: first)
  }

  private mutating func longUnsignedLEB(after first: UInt8) throws(DWARFError) -> UInt64 {
    var value = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while true {
      let byte = try integer(UInt8.self)
      if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
      shift += 7
      if byte & 0x80 == 0 { return value }
    }
  }

  /// A signed number in groups of seven bits.
  mutating func signedLEB() throws(DWARFError) -> Int64 {
    var value: Int64 = 0
    var shift: Int64 = 0
    while true {
      let byte = try integer(UInt8.self)
      if shift < 64 { value |= Int64(byte & 0x7F) << shift }
      shift += 7
      guard byte & 0x80 == 0 else { continue }
      if byte & 0x40 != 0, shift < 64 { value |= -1 << shift }
      return value
    }
  }

  mutating func skip(_ count: UInt64) throws(DWARFError) {
    guard offset >= 0, offset <= bytes.count, count <= UInt64(bytes.count - offset) else {
      throw .corrupt
    }
    offset += Int(count)
  }

  /// Passes a text and its zero.
  mutating func skipText() throws(DWARFError) {
    while try integer(UInt8.self) != 0 {}
  }
}

/// A text in a section, which ends with a zero.
struct DWARFText {
  let bytes: UnsafeRawBufferPointer
  let offset: Int

  func string() throws(DWARFError) -> String {
    var cursor = DWARFCursor(bytes, at: offset)
    try cursor.skipText()
    let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<(cursor.offset - 1)])
    return String(decoding: text, as: UTF8.self)
  }
}
