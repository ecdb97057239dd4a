/// The units of a file, and which addresses each of them may have.
struct DWARFUnitIndex: Sendable {
  private struct Entry {
    /// In `.debug_info`.
    var offset: Int
    /// From the first instruction to the last; not all that is in between is of the unit.
    var hull: Range<UInt> = 0..<0

    mutating func widen(_ low: UInt, _ high: UInt) {
      hull = hull.isEmpty ? low..<high : min(low, hull.lowerBound)..<max(high, hull.upperBound)
    }
  }

  /// Ascending by offset.
  private var entries: [Entry] = []

  init(_ sections: DWARFSections) throws(DWARFError) {
    var scan = DWARFAbbreviationScan(sections.abbreviations)
    // Each range is of one unit: there are not more than the sections have room for.
    var rangesLeft = sections.info.count + sections.ranges.count + sections.rangeLists.count
    var offset = 0
    while offset < sections.info.count {
      let unit = try DWARFUnit(sections, at: offset, &scan)
      var entry = Entry(offset: offset)
      var list = try unit.rangeList(sections)
      while let range = try list.next() {
        rangesLeft -= 1
        guard rangesLeft > 0 else { throw .corrupt }
        entry.widen(range.low, range.high)
      }
      entries.append(entry)
      offset = unit.end
    }
  }

  /// The unit that an entry is in, by where that is in `.debug_info`.
  func unit(ofEntry offset: Int, _ sections: DWARFSections) throws(DWARFError) -> DWARFUnit {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { throw .corrupt }
    return try unit(low - 1, sections)
  }

  private func unit(_ number: Int, _ sections: DWARFSections) throws(DWARFError) -> DWARFUnit {
    var scan = DWARFAbbreviationScan(sections.abbreviations)
    return try DWARFUnit(sections, at: entries[number].offset, &scan)
  }

  /// The units that have some of ascending addresses, with their indices; of several the first counts.
  func units(
    with addresses: [UInt], _ sections: DWARFSections
  ) throws(DWARFError) -> [(unit: DWARFUnit, indices: [Int])] {
    var isTaken = Array(repeating: false, count: addresses.count)
    var result: [(unit: DWARFUnit, indices: [Int])] = []
    for (number, entry) in entries.enumerated() {
      let first = addresses.firstIndex(from: entry.hull.lowerBound)
      guard first < addresses.count, addresses[first] < entry.hull.upperBound else { continue }
      let unit = try unit(number, sections)
      var own: [Int] = []
      var list = try unit.rangeList(sections)
      while let range = try list.next() {
        var index = addresses.firstIndex(from: range.low)
        while index < addresses.count, addresses[index] < range.high {
          if !isTaken[index] { own.append(index) }
          isTaken[index] = true
          index += 1
        }
      }
      if !own.isEmpty { result.append((unit, own.sorted())) }
    }
    return result
  }
}

extension DWARFUnit {
  /// The addresses of all of it.
  fileprivate func rangeList(_ sections: DWARFSections) throws(DWARFError) -> DWARFRangeList {
    try DWARFRangeList(low: lowAddress, high: highAddress, ranges: ranges, in: self, sections)
  }
}
