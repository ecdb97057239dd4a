/// Who refers to whom among heap blocks and globals: each aligned word that is a block's address.
struct References {
  struct Referrer: Equatable {
    /// The block that holds the reference; nil for a global.
    var block: HeapBlock?
    /// Where the reference is.
    var address: UInt
  }

  /// A word for each of so many bytes of a block is looked at; larger blocks are rarely owners.
  private static let mostBytes: UInt = 1 << 20

  private var referrers: [UInt: [Referrer]] = [:]

  /// - Parameters:
  ///   - targets: blocks that are referred to, besides the live ones.
  ///   - blocks: live allocations.
  ///   - globals: memory where global variables are.
  init(to targets: [HeapBlock], from blocks: [HeapBlock], globals: [Range<UInt>]) {
    let bases = Set((targets + blocks).map(\.base))
    for block in blocks {
      let count = min(block.size, Self.mostBytes) / 8
      note(words: Int(count), at: block.base, among: bases, block: block)
    }
    for range in globals {
      note(words: range.count / 8, at: range.lowerBound, among: bases, block: nil)
    }
  }

  private mutating func note(
    words count: Int, at base: UInt, among bases: Set<UInt>, block: HeapBlock?
  ) {
    guard let words = ProcessMemory.words(at: base, count: count) else { return }
    for (index, word) in words.enumerated() where word != base && bases.contains(word) {
      referrers[word, default: []].append(
        Referrer(block: block, address: base + UInt(index) * 8))
    }
  }

  func to(_ base: UInt) -> [Referrer] { referrers[base] ?? [] }
}
