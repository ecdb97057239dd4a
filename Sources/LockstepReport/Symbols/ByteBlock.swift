import Glibc

/// Bytes of a file, mapped into memory for as long as anybody refers to them.
///
/// Sendable, since nobody writes to the bytes after the initialiser.
package final class ByteBlock: @unchecked Sendable {
  package let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// - Returns: nil for a file that cannot be mapped, an empty one included.
  package init?(mapping path: String) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let size = lseek(file, 0, SEEK_END)
    guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0),
      start != MAP_FAILED
    else { return nil }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
    isMapped = true
  }

  init(copying bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    copy.copyBytes(from: bytes)
    self.bytes = UnsafeRawBufferPointer(copy)
    isMapped = false
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }

  /// An integer at an offset; nil past the end.
  func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<Value>.size else { return nil }
    // The guard above keeps the load inside of the bytes.
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// The text at an offset up to its zero.
  func text(at offset: Int) -> String? {
    guard bytes.indices.contains(offset), let end = bytes[offset...].firstIndex(of: 0) else {
      return nil
    }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<end]), as: UTF8.self)
  }
}
