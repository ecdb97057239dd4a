/// The bytes of a token, as they are written and read back.
struct TokenBytes {
  var bytes: [UInt8] = []
  private(set) var position = 0

  init(bytes: [UInt8] = []) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// FNV-1a, with its bits spread once more.
  var checksum: UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return UInt32(truncatingIfNeeded: SplitMix64.mix(hash))
  }

  mutating func append(fixed value: UInt64, bytes count: Int) {
    for index in 0..<count {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)))
    }
  }

  /// Seven bits a byte, lowest first, the highest bit set in all but the last.
  mutating func append(variable value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func readFixed(_ count: Int) throws(Schedule.TokenError) -> UInt64 {
    guard bytes.count - position >= count else { throw .truncated }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(index * 8) }
    position += count
    return value
  }

  mutating func readVariable() throws(Schedule.TokenError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      let byte = UInt8(try readFixed(1))
      value |= UInt64(byte & 0x7F) << shift
      guard byte & 0x80 != 0 else { return value }
    }
    throw .corrupt
  }

  /// Takes the checksum off the end.
  ///
  /// - Throws: `.corrupt` if it is not the one of what is left.
  mutating func removeChecksum() throws(Schedule.TokenError) {
    guard bytes.count >= 4 else { throw .truncated }
    var tail = TokenBytes(bytes: Array(bytes.suffix(4)))
    bytes.removeLast(4)
    guard try tail.readFixed(4) == UInt64(checksum) else { throw .corrupt }
  }
}

/// Base64 with the alphabet that needs no escape in a URL, and without padding (RFC 4648, 5).
enum Base64URL {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(alphabet[Int(bits >> UInt32(count) & 63)])
      }
    }
    if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Throws: `.corrupt` where `encode` would not have written this.
  static func decode(_ text: Substring) throws(Schedule.TokenError) -> [UInt8] {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text.utf8 {
      guard let value = alphabet.firstIndex(of: character) else { throw .corrupt }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    // What is left over is less than a byte, and was written as zeros; more is a missing end.
    guard count < 6 else { throw .truncated }
    return bytes
  }
}
