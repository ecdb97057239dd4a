import Foundation

/// The lines of a module in LLVM's text that make up functions, and their places in it.
///
/// Most others are debugging information, which begins with '!'.
struct ModuleLines: Sequence, IteratorProtocol {
  private let text: UnsafeRawBufferPointer
  private var position = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  mutating func next() -> (place: Int, line: Substring)? {
    while position < text.count, let start = text.baseAddress {
      let place = position
      let end = memchr(start + place, Int32(UInt8(ascii: "\n")), text.count - place)
      position = end.map { $0 - UnsafeMutableRawPointer(mutating: start) + 1 } ?? text.count
      guard " d}a".utf8.contains(text[place]) else { continue }
      let line = text[place..<(end == nil ? position : position - 1)]
      return (place, Substring(String(decoding: line, as: UTF8.self)))
    }
    return nil
  }
}
