/// What executions at random have shown so far, by numbers that stand for it: `lks_traceHash`.
///
/// An execution that differs from an earlier one at most in the order of accesses that commute shows nothing
/// that the earlier one did not: it needs to be counted, and not to be looked at. Two that differ otherwise
/// have the same number once in 2^63 pairs, and no verdict rests on schedules at random being complete.
struct SeenTraces {
  /// By open addressing; 0 is a free place, and the lowest bit says whether threads were left idle.
  private var places: [UInt64] = []
  private var count = 0

  /// Most numbers that are kept: 32 MB.
  private static let maximum = 1 << 21

  /// Whether threads were left idle in an execution of this number; nil where there was none.
  func leavesIdle(_ number: UInt64) -> Bool? {
    guard !places.isEmpty else { return nil }
    let found = places[place(of: number | 1)]
    return found == 0 ? nil : found & 1 == 0
  }

  mutating func insert(_ number: UInt64, leavesIdle: Bool) {
    guard count < Self.maximum, self.leavesIdle(number) == nil else { return }
    if count * 2 >= places.count { grow() }
    count += 1
    places[place(of: number | 1)] = leavesIdle ? number & ~1 : number | 1
  }

  /// Where a number is, or would be.
  private func place(of number: UInt64) -> Int {
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: number >> 20) & mask
    while places[place] != 0, places[place] | 1 != number { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let former = places
    places = Array(repeating: 0, count: max(former.count * 2, 1024))
    for number in former where number != 0 { places[place(of: number | 1)] = number }
  }
}
