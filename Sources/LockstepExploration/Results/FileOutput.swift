internal import Glibc

/// Text written to a file at once, past all buffers.
enum FileOutput {
  /// Why a file could not be written.
  struct Failure: Error, CustomStringConvertible {
    let number = errno

    var description: String { String(cString: strerror(number)) }
  }

  /// Writes all of a text, as far as the descriptor takes it.
  ///
  /// - Returns: whether it took everything.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return true
    }
  }

  /// Makes a file of a text.
  static func write(_ text: String, toFile path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Failure() }
    defer { close(file) }
    guard write(text, to: file) else { throw Failure() }
  }
}
