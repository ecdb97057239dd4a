extension JSONValue {
  /// The value that a JSON text holds.
  ///
  /// - Parameter text: UTF-8.
  /// - Throws: `JSONSyntaxError`.
  package init(parsing text: some Collection<UInt8>) throws {
    var parser = Parser(bytes: Array(text))
    self = try parser.value()
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.error }
  }
}

/// A text that is no JSON.
package struct JSONSyntaxError: Error, Equatable {
  /// The first byte that cannot be there.
  package var offset: Int
}

private struct Parser {
  let bytes: [UInt8]
  var position = 0

  var error: JSONSyntaxError { JSONSyntaxError(offset: position) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// The value that begins here, after spaces.
  mutating func value() throws -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
    for index in 0..<word.utf8CodeUnitCount { try skip(word.utf8Start[index]) }
    return value
  }

  private mutating func skip(_ byte: UInt8) throws {
    guard next == byte else { throw error }
    position += 1
  }

  private mutating func elements() throws -> [JSONValue] {
    var elements: [JSONValue] = []
    try list(closedBy: UInt8(ascii: "]")) { parser in elements.append(try parser.value()) }
    return elements
  }

  private mutating func members() throws -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    try list(closedBy: UInt8(ascii: "}")) { parser in
      parser.skipSpace()
      let key = try parser.string()
      parser.skipSpace()
      try parser.skip(UInt8(ascii: ":"))
      members.append(.init(key, try parser.value()))
    }
    return members
  }

  /// What lies between the bracket here and the one that closes it, with commas between.
  private mutating func list(
    closedBy end: UInt8, _ item: (inout Parser) throws -> Void
  ) throws {
    position += 1
    skipSpace()
    if next == end {
      position += 1
      return
    }
    while true {
      try item(&self)
      skipSpace()
      if next == end { break }
      try skip(UInt8(ascii: ","))
    }
    position += 1
  }

  private mutating func number() throws -> JSONValue {
    let start = position
    while let byte = next, "+-.0123456789eE".utf8.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let value = Int64(text) { return .integer(value) }
    if let value = UInt64(text) { return .unsigned(value) }
    if let value = Double(text) { return .number(value) }
    position = start
    throw error
  }

  // MARK: Strings

  private mutating func string() throws -> String {
    try skip(UInt8(ascii: "\""))
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      position += 1
      if byte == UInt8(ascii: "\\") {
        text += Array(String(try escaped()).utf8)
      } else {
        text.append(byte)
      }
    }
    try skip(UInt8(ascii: "\""))
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escaped() throws -> Unicode.Scalar {
    guard let byte = next else { throw error }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "u"): return try scalar()
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    default:
      position -= 1
      throw error
    }
  }

  /// A scalar by its number; those past 0xFFFF are written as two.
  private mutating func scalar() throws -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    try skip(UInt8(ascii: "\\"))
    try skip(UInt8(ascii: "u"))
    let pair = [first, try codeUnit()]
    let text = String(decoding: pair, as: UTF16.self).unicodeScalars
    guard text.count == 1, let scalar = text.first else { throw error }
    return scalar
  }

  private mutating func codeUnit() throws -> UInt16 {
    guard position + 4 <= bytes.count,
      let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error }
    position += 4
    return unit
  }
}
