import Glibc

extension StringProtocol {
  /// Whether a text is part of this one, byte by byte.
  ///
  /// Instead of the function of this name that needs the library for regular expressions.
  package func contains(_ part: String) -> Bool {
    bytes { text in
      part.bytes { part in
        guard let sought = part.baseAddress, let first = part.first else { return true }
        guard let start = text.baseAddress, text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { place in
          text[place] == first && memcmp(start + place, sought, part.count) == 0
        }
      }
    }
  }

  private func bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
  }
}
