/// Something that events act on, with all that is known to name it by.
package struct NamedPlace: Sendable {
  package var address: UInt
  /// The allocation that it is part of, whose memory is still mapped.
  package var block: HeapBlock?
  /// Where it is accessed: the innermost user frame of each access.
  package var accesses: [SourceFrame]
  /// Whether it is a lock, a condition or a semaphore.
  package var isLock: Bool

  package init(
    address: UInt, block: HeapBlock? = nil, accesses: [SourceFrame] = [], isLock: Bool = false
  ) {
    self.address = address
    self.block = block
    self.accesses = accesses
    self.isLock = isLock
  }
}

/// How the source calls an object.
package struct ObjectName: Sendable {
  /// `Counter.total`, `total`, `Bank.lock #2`.
  package var text: String
  /// Its type, where reflection gives it: what a value is shown by.
  package var type: (any Any.Type)?

  package init(text: String, type: (any Any.Type)? = nil) {
    self.text = text
    self.type = type
  }
}

/// Names memory and locks of this process as its source does.
package struct ObjectNames: Sendable {
  /// A name, and whose it is: what tells two of the same name apart.
  struct Candidate {
    var text: String
    var owner: UInt?
    var type: (any Any.Type)?
  }

  let symbols: ImageSymbols
  let sources: SourceFiles
  private let liveBlocks: [HeapBlock]

  /// - Parameters:
  ///   - liveBlocks: allocations that may refer to what is to be named.
  ///   - symbols: of this process's images.
  ///   - sources: the program's files.
  package init(
    liveBlocks: [HeapBlock], symbols: ImageSymbols = ImageSymbols(),
    sources: SourceFiles = SourceFiles()
  ) {
    self.symbols = symbols
    self.sources = sources
    self.liveBlocks = liveBlocks
  }

  /// A name for each place; different objects of the same name get numbers, in this order.
  ///
  /// - Complexity: O(n) for n bytes of the live blocks and of the executable's globals.
  package func names(of places: [NamedPlace]) -> [ObjectName] {
    let references = References(
      to: places.compactMap(\.block), from: liveBlocks, globals: symbols.globalMemory())
    let candidates = places.map { CandidateSearch(self, references).candidate($0) }
    var numbering = ObjectNumbering()
    for (place, candidate) in zip(places, candidates) { numbering.add(candidate, at: place) }
    return zip(places, candidates).map { place, candidate in
      let number = numbering.number(of: candidate, at: place).map { " #\($0)" } ?? ""
      return ObjectName(text: candidate.text + number, type: candidate.type)
    }
  }
}
