internal import Foundation

/// What tells one build of the program from another: a hash of the executable's bytes.
enum BuildIdentity {
  /// Of this process; 0 where the executable cannot be read.
  static let current: UInt64 = {
    guard
      let data = try? Data(
        contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped)
    else { return 0 }
    return hash(data)
  }()

  /// FNV-1a, eight bytes at a time.
  ///
  /// - Complexity: O(n) in the size of the file, some milliseconds for a test bundle.
  static func hash(_ data: Data) -> UInt64 {
    data.withUnsafeBytes { bytes in
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for word in bytes.bindMemory(to: UInt64.self) {
        hash = (hash ^ word) &* 0x100_0000_01b3
      }
      return hash ^ UInt64(bytes.count)
    }
  }
}
