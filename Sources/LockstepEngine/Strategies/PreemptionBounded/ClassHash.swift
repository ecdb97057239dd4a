/// 128 bits that stand for a Mazurkiewicz class: of a step in its past, or of a sequence of steps.
///
/// A step's is of what it did and of what happens before it, a sequence's the sum of its steps'. So
/// all orders of one class have the same, and a step more costs one addition.
struct ClassHash: Hashable, Sendable {
  var low: UInt64 = 0
  var high: UInt64 = 0

  static func + (left: ClassHash, right: ClassHash) -> ClassHash {
    ClassHash(low: left.low &+ right.low, high: left.high &+ right.high)
  }

  fileprivate mutating func mix(_ word: UInt64) {
    low = (low ^ word) &* 0x9E37_79B9_7F4A_7C15
    low ^= low >> 29
    high = (high &+ word) &* 0xD6E8_FEB8_6659_FD93
    high ^= high >> 32
  }

  /// Spreads what was mixed in over all bits, since what is summed must not cancel out.
  fileprivate mutating func finish() {
    low = SplitMix64.mix(low)
    high = SplitMix64.mix(high &+ 0x9E37_79B9_7F4A_7C15)
  }
}

extension HappensBefore {
  /// The class of the latest step: what it is, and its row of the clocks.
  ///
  /// - Complexity: O(threads).
  var hashOfLatestStep: ClassHash {
    guard let operation = steps.last?.operation else { return ClassHash() }
    var hash = ClassHash()
    hash.mix(
      UInt64(operation.thread.rawValue) | UInt64(operation.kind.rawValue) << 8
        | UInt64(operation.kind.isMemory ? operation.size : 0) << 32)
    hash.mix(operation.object.rawValue)
    if operation.kind == .wait { hash.mix(operation.other.rawValue) }
    // Numbers of zero are left out: how many there are depends on what else was explored.
    clocks.forEachNonzero(steps.count - 1) { thread, value in
      hash.mix(UInt64(value) | UInt64(thread + 1) << 32)
    }
    hash.finish()
    return hash
  }
}
