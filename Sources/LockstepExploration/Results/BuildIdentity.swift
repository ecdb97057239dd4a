internal import CLockstepRuntime
internal import LockstepReport

/// What tells one build of the program from another: a hash of what the linker wrote down to that end,
/// or of all of the executable's bytes.
enum BuildIdentity {
  /// Of this process; 0 where the executable cannot be read.
  static let current: UInt64 = {
    var count = 0
    if let bytes = lks_buildID(&count) {
      return hash(UnsafeRawBufferPointer(start: bytes, count: count))
    }
    return ByteBlock(mapping: "/proc/self/exe").map { hash($0.bytes) } ?? 0
  }()

  /// FNV-1a, 64 bytes at a time: eight hashes side by side, so that none waits for another's product.
  ///
  /// - Complexity: O(n) in the size of the file, a millisecond for a test bundle.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let prime: UInt64 = 0x100_0000_01b3
    var hashes = SIMD8<UInt64>(repeating: 0xcbf2_9ce4_8422_2325)
    let blocks = bytes.count / 64
    for block in 0..<blocks {
      let words = bytes.loadUnaligned(fromByteOffset: block * 64, as: SIMD8<UInt64>.self)
      hashes = (hashes ^ words) &* prime
    }
    var hash = UInt64(bytes.count)
    for lane in hashes.indices { hash = (hash ^ hashes[lane]) &* prime }
    for byte in bytes[(blocks * 64)...] { hash = (hash ^ UInt64(byte)) &* prime }
    return hash
  }
}
