/// A function, or an inlined call of one, that has one of the addresses that were asked for.
struct DWARFFunction {
  /// Its entry.
  var offset: Int
  /// What it is inlined into, as an index; nil for a function of its own.
  var caller: Int?
}

/// Finds the innermost functions at addresses by one walk through the entries of a unit.
struct DWARFFunctionSearch {
  private let sections: DWARFSections
  private let unit: DWARFUnit
  private let abbreviations: DWARFAbbreviations
  /// Ascending.
  private let addresses: [UInt]
  /// Those that were met, callers first.
  private(set) var functions: [DWARFFunction] = []
  /// For each address the innermost function so far.
  private(set) var innermost: [Int?]
  private var missing: Int
  /// The functions that the walk is in, with the depth of their entries.
  private var open: [(depth: Int, function: Int)] = []
  private var depth = 0
  private var cursor: DWARFCursor
  /// Ranges may be read so often, which is more than once for each: a file with more is corrupt.
  private var rangesLeft: Int

  init(
    _ addresses: [UInt], in unit: DWARFUnit, _ abbreviations: DWARFAbbreviations,
    _ sections: DWARFSections
  ) {
    self.sections = sections
    self.unit = unit
    self.abbreviations = abbreviations
    self.addresses = addresses
    innermost = Array(repeating: nil, count: addresses.count)
    missing = addresses.count
    // Entries of a unit cannot be read past its end.
    let entries = UnsafeRawBufferPointer(rebasing: sections.info[..<unit.end])
    cursor = DWARFCursor(entries, at: unit.firstEntry)
    rangesLeft = sections.info.count + sections.ranges.count + sections.rangeLists.count
  }

  /// Walks until all addresses are found, or to the unit's end.
  mutating func run() throws(DWARFError) {
    while cursor.offset < unit.end {
      let offset = cursor.offset
      let code = try cursor.unsignedLEB()
      if code == 0 {
        guard leave() else { return }
        continue
      }
      guard let abbreviation = abbreviations[code] else { throw .corrupt }
      // What is inlined into a function without the addresses has none of them either.
      if abbreviation.isFunction, abbreviation.tag == DWARFTag.subprogram || !open.isEmpty {
        try visit(offset, abbreviation)
      } else if let size = abbreviation.size {
        try cursor.skip(UInt64(size))
      } else {
        for index in abbreviation.attributes {
          _ = try cursor.value(abbreviations.attributes[index])
        }
      }
      if abbreviation.hasChildren { depth += 1 } else if depth == 0 { return }
    }
  }

  /// Goes on after the last child of an entry; false when there is nothing left to do.
  private mutating func leave() -> Bool {
    depth -= 1
    if open.last?.depth == depth { open.removeLast() }
    return depth > 0 && (missing > 0 || !open.isEmpty)
  }

  private mutating func visit(
    _ offset: Int, _ abbreviation: DWARFAbbreviation
  ) throws(DWARFError) {
    var low, high, ranges: DWARFValue?
    for index in abbreviation.attributes {
      let attribute = abbreviations.attributes[index]
      let value = try cursor.value(attribute)
      switch attribute.name {
      case DWARFAttribute.lowAddress: low = value
      case DWARFAttribute.highAddress: high = value
      case DWARFAttribute.ranges: ranges = value
      default: break
      }
    }
    let isInlined = abbreviation.tag == DWARFTag.inlinedSubroutine
    let number = functions.count
    var list = try DWARFRangeList(low: low, high: high, ranges: ranges, in: unit, sections)
    var isMet = isInlined
    while let range = try list.next() {
      rangesLeft -= 1
      guard rangesLeft > 0 else { throw .corrupt }
      if take(range.low, range.high, by: number, isInlined: isInlined) { isMet = true }
    }
    guard isMet else { return }
    functions.append(DWARFFunction(offset: offset, caller: isInlined ? open.last?.function : nil))
    if abbreviation.hasChildren { open.append((depth, number)) }
  }

  /// Notes a function as the innermost one of the addresses in a range.
  private mutating func take(_ low: UInt, _ high: UInt, by number: Int, isInlined: Bool) -> Bool {
    var index = addresses.firstIndex(from: low)
    var isMet = false
    while index < addresses.count, addresses[index] < high {
      if let known = innermost[index] {
        // Only what is inlined into the function that was found first.
        if isInlined, let outermost = open.first?.function, known >= outermost {
          innermost[index] = number
        }
      } else if !isInlined {
        innermost[index] = number
        missing -= 1
        isMet = true
      }
      index += 1
    }
    return isMet
  }
}

extension DWARFFunctionSearch {
  /// The entries of what an address is in, the innermost first, up to a function of its own.
  func calls(at index: Int) -> [Int] {
    var calls: [Int] = []
    var next = innermost[index]
    while let number = next {
      calls.append(functions[number].offset)
      next = functions[number].caller
    }
    return calls
  }
}

extension [UInt] {
  /// Index of the first element that is not below an address; the array is ascending.
  func firstIndex(from address: UInt) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < address { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
