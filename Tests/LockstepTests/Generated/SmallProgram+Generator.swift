import ExploredPrograms

/// Makes small programs at random, the same for the same seed.
struct SmallProgramGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// Two threads of up to four operations, or three of up to three.
  mutating func program() -> SmallProgram {
    let threadCount = Int.random(in: 2...3, using: &self)
    let most = threadCount == 2 ? 4 : 3
    let usesLocks = Int.random(in: 0..<3, using: &self) > 0
    return SmallProgram(
      threads: (0..<threadCount).map { thread in
        let count = Int.random(in: 1...most, using: &self)
        var held: Set<Int> = []
        return (0..<count).map { place in
          operation(value: (thread + 1) * 10 + place, usesLocks: usesLocks, held: &held)
        }
      })
  }

  /// Gives back only what the thread holds, as POSIX asks; takes what it likes, what it holds too.
  private mutating func operation(
    value: Int, usesLocks: Bool, held: inout Set<Int>
  ) -> SmallProgram.Operation {
    let object = Int.random(in: 0..<4, using: &self) == 0 ? 1 : 0
    switch Int.random(in: 0..<(usesLocks ? 10 : 7), using: &self) {
    case 0, 1: return .read(object)
    case 2, 3: return .write(object, value: value)
    case 4, 5: return .add(object, value * 100)
    case 6: return .copy(from: object, to: Int.random(in: 0..<2, using: &self))
    case 7 where held.isEmpty || Int.random(in: 0..<3, using: &self) == 0:
      held.insert(object)
      return .lock(object)
    default:
      guard let lock = held.min() else {
        held.insert(object)
        return .lock(object)
      }
      held.remove(lock)
      return .unlock(lock)
    }
  }
}
