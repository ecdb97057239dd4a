import Foundation

/// Goes through one line of LLVM's text.
struct IRCursor {
  private(set) var rest: Substring.UTF8View

  init(_ line: Substring) { rest = line.utf8 }

  var text: Substring { Substring(rest) }

  /// Steps over a word, if it comes next.
  mutating func skip(_ word: String) -> Bool {
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  /// Steps over what comes before the first of some characters outside brackets and quotes.
  mutating func take(until ends: String) -> Substring {
    let start = rest
    var depth = 0
    var isQuoted = false
    while let byte = rest.first {
      if isQuoted {
        isQuoted = byte != UInt8(ascii: "\"")
      } else if depth == 0, ends.utf8.contains(byte) {
        break
      } else if "([{<".utf8.contains(byte) {
        depth += 1
      } else if ")]}>".utf8.contains(byte) {
        depth -= 1
      } else {
        isQuoted = byte == UInt8(ascii: "\"")
      }
      rest = rest.dropFirst()
    }
    return Substring(start[start.startIndex..<rest.startIndex])
  }

  /// Steps behind the next occurrence of a word, or to the end where there is none.
  mutating func seek(_ word: String) -> Bool {
    let length = word.utf8.count
    let offset = rest.withContiguousStorageIfAvailable { Self.offset(of: word, in: $0) } ?? nil
    rest = rest.dropFirst(offset.map { $0 + length } ?? rest.count)
    return offset != nil
  }

  /// By the C library, since every call of a module is looked through.
  private static func offset(of word: String, in line: UnsafeBufferPointer<UInt8>) -> Int? {
    let length = word.utf8.count
    guard let start = line.baseAddress, let first = word.utf8.first else { return nil }
    var offset = 0
    while offset + length <= line.count,
      let found = memchr(start + offset, Int32(first), line.count - length + 1 - offset)
    {
      offset = UnsafeRawPointer(found) - UnsafeRawPointer(start)
      if memcmp(found, word, length) == 0 { return offset }
      offset += 1
    }
    return nil
  }
}
