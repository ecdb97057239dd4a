/// The addresses of a unit or a function, one range after the other: DWARF 5, section 2.17.
struct DWARFRangeList {
  private let unit: DWARFUnit
  private let sections: DWARFSections
  private var cursor: DWARFCursor
  private var base: UInt
  /// The one range of what has its two ends as attributes.
  private var single: (low: UInt, high: UInt)?
  private var isAtEnd = false

  /// The ranges that the attributes of an entry say.
  init(
    low: DWARFValue?, high: DWARFValue?, ranges: DWARFValue?, in unit: DWARFUnit,
    _ sections: DWARFSections
  ) throws(DWARFError) {
    self.unit = unit
    self.sections = sections
    cursor = DWARFCursor(sections.ranges, at: 0)
    base = 0
    if let low, let high, let start = try unit.address(low, sections) {
      isAtEnd = true
      if let end = try unit.address(high, sections) {
        single = (start, end)
      } else if let size = high.unsigned {
        single = (start, start &+ UInt(size))
      } else {
        throw .unsupported
      }
    } else if let ranges {
      if let low = unit.lowAddress { base = try unit.address(low, sections) ?? 0 }
      cursor = try Self.start(ranges, in: unit, sections)
    } else {
      isAtEnd = true
    }
  }

  private static func start(
    _ value: DWARFValue, in unit: DWARFUnit, _ sections: DWARFSections
  ) throws(DWARFError) -> DWARFCursor {
    if let offset = value.sectionOffset {
      return DWARFCursor(unit.version == 4 ? sections.ranges : sections.rangeLists, at: offset)
    }
    guard value.form == DWARFForm.rangeListIndex, value.raw < 1 << 32,
      let base = unit.rangeListsBase?.sectionOffset
    else { throw .unsupported }
    var cursor = DWARFCursor(sections.rangeLists, at: base + Int(value.raw) * 4)
    cursor.offset = base + (try cursor.sectionOffset())
    return cursor
  }

  /// The next range that is not empty; nil at the end.
  mutating func next() throws(DWARFError) -> (low: UInt, high: UInt)? {
    if isAtEnd {
      defer { single = nil }
      return single.flatMap { $0.low < $0.high ? $0 : nil }
    }
    while true {
      guard let range = unit.version == 4 ? try nextPair() : try nextOfList() else {
        isAtEnd = true
        return nil
      }
      if range.low < range.high { return range }
    }
  }

  /// An entry of `.debug_ranges`: DWARF 4, section 2.17.3.
  private mutating func nextPair() throws(DWARFError) -> (low: UInt, high: UInt)? {
    while true {
      let low = UInt(try cursor.integer(UInt64.self))
      let high = UInt(try cursor.integer(UInt64.self))
      if low == 0, high == 0 { return nil }
      guard low == .max else { return (low &+ base, high &+ base) }
      base = high
    }
  }

  /// An entry of `.debug_rnglists`: DWARF 5, section 2.17.3.
  private mutating func nextOfList() throws(DWARFError) -> (low: UInt, high: UInt)? {
    while true {
      switch try cursor.integer(UInt8.self) {
      // DW_RLE_end_of_list
      case 0: return nil
      // DW_RLE_base_addressx
      case 1: base = try indexedAddress()
      // DW_RLE_startx_endx
      case 2: return (try indexedAddress(), try indexedAddress())
      // DW_RLE_startx_length
      case 3:
        let low = try indexedAddress()
        return (low, low &+ UInt(try cursor.unsignedLEB()))
      // DW_RLE_offset_pair
      case 4:
        let low = base &+ UInt(try cursor.unsignedLEB())
        return (low, base &+ UInt(try cursor.unsignedLEB()))
      // DW_RLE_base_address
      case 5: base = UInt(try cursor.integer(UInt64.self))
      // DW_RLE_start_end
      case 6:
        let low = UInt(try cursor.integer(UInt64.self))
        return (low, UInt(try cursor.integer(UInt64.self)))
      // DW_RLE_start_length
      case 7:
        let low = UInt(try cursor.integer(UInt64.self))
        return (low, low &+ UInt(try cursor.unsignedLEB()))
      default: throw .unsupported
      }
    }
  }

  private mutating func indexedAddress() throws(DWARFError) -> UInt {
    try unit.address(at: try cursor.unsignedLEB(), sections)
  }
}
