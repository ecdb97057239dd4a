/// One unit of `.debug_info`: its header and what its first entry says: DWARF 5, section 7.5.1.
struct DWARFUnit {
  /// In `.debug_info`, as all of its offsets.
  let offset: Int
  let end: Int
  let version: Int
  /// In `.debug_abbrev`.
  let abbreviations: Int
  let firstEntry: Int
  /// Whether it may describe functions: types are in units of their own.
  let isOfCode: Bool

  private(set) var lowAddress: DWARFValue?
  private(set) var highAddress: DWARFValue?
  private(set) var ranges: DWARFValue?
  private(set) var lineProgram: DWARFValue?
  private(set) var compilationFolder: DWARFValue?
  private(set) var textOffsetsBase: DWARFValue?
  private(set) var addressBase: DWARFValue?
  private(set) var rangeListsBase: DWARFValue?
  /// Its entries are in another file.
  private(set) var isSplit = false

  /// Reads the header at an offset, and what follows it.
  init(
    _ sections: DWARFSections, at offset: Int, _ scan: inout DWARFAbbreviationScan
  ) throws(DWARFError) {
    var cursor = DWARFCursor(sections.info, at: offset)
    self.offset = offset
    let length = try cursor.integer(UInt32.self)
    // Above this are escapes: the largest is that to 64-bit DWARF.
    guard length < 0xFFFF_FFF0 else { throw .unsupported }
    end = cursor.offset + Int(length)
    guard end <= sections.info.count else { throw .corrupt }
    version = Int(try cursor.integer(UInt16.self))
    guard (4...5).contains(version) else { throw .unsupported }
    // DW_UT_compile; version 4 has units of types in a section of their own.
    let type = version == 5 ? try cursor.integer(UInt8.self) : 1
    if version == 5 {
      guard try cursor.integer(UInt8.self) == 8 else { throw .unsupported }
      abbreviations = try cursor.sectionOffset()
    } else {
      abbreviations = try cursor.sectionOffset()
      guard try cursor.integer(UInt8.self) == 8 else { throw .unsupported }
    }
    switch type {
    case 1, 3: break
    // DW_UT_type: a signature and an offset.
    case 2: try cursor.skip(12)
    // DW_UT_skeleton: the identifier of the other file.
    case 4:
      try cursor.skip(8)
      isSplit = true
    default: throw .unsupported
    }
    isOfCode = type != 2
    firstEntry = cursor.offset
    if isOfCode, firstEntry < end { try readFirstEntry(&cursor, &scan) }
  }

  private mutating func readFirstEntry(
    _ cursor: inout DWARFCursor, _ scan: inout DWARFAbbreviationScan
  ) throws(DWARFError) {
    let code = try cursor.unsignedLEB()
    guard code != 0 else { return }
    var attributes = try scan.attributes(of: code, inTableAt: abbreviations)
    while let attribute = try attributes.attribute() {
      let value = try cursor.value(attribute)
      switch attribute.name {
      case DWARFAttribute.lowAddress: lowAddress = value
      case DWARFAttribute.highAddress: highAddress = value
      case DWARFAttribute.ranges: ranges = value
      case DWARFAttribute.lineProgram: lineProgram = value
      case DWARFAttribute.compilationFolder: compilationFolder = value
      case DWARFAttribute.textOffsetsBase: textOffsetsBase = value
      case DWARFAttribute.addressBase: addressBase = value
      case DWARFAttribute.rangeListsBase: rangeListsBase = value
      case DWARFAttribute.splitName, DWARFAttribute.formerSplitName: isSplit = true
      default: break
      }
    }
  }
}

extension DWARFUnit {
  /// The address that a value stands for; nil for what is none.
  func address(
    _ value: DWARFValue, _ sections: DWARFSections
  ) throws(DWARFError) -> UInt? {
    switch value.form {
    case DWARFForm.address: return UInt(value.raw)
    case DWARFForm.addressIndex, DWARFForm.addressIndex1...DWARFForm.addressIndex4:
      return try address(at: value.raw, sections)
    default: return nil
    }
  }

  /// An entry of the unit's part of `.debug_addr`.
  func address(at index: UInt64, _ sections: DWARFSections) throws(DWARFError) -> UInt {
    guard let base = addressBase?.sectionOffset, index < 1 << 32 else { throw .unsupported }
    var cursor = DWARFCursor(sections.addresses, at: base + Int(index) * 8)
    return UInt(try cursor.integer(UInt64.self))
  }

  /// The text that a value stands for; nil for what is none.
  func text(
    _ value: DWARFValue, _ sections: DWARFSections
  ) throws(DWARFError) -> DWARFText? {
    let place = Int(clamping: value.raw)
    switch value.form {
    case DWARFForm.text: return DWARFText(bytes: sections.info, offset: place)
    case DWARFForm.textOffset: return DWARFText(bytes: sections.texts, offset: place)
    case DWARFForm.lineTextOffset: return DWARFText(bytes: sections.lineTexts, offset: place)
    case DWARFForm.textIndex, DWARFForm.textIndex1...DWARFForm.textIndex4:
      guard let base = textOffsetsBase?.sectionOffset, value.raw < 1 << 32 else {
        throw .unsupported
      }
      var cursor = DWARFCursor(sections.textOffsets, at: base + place * 4)
      return DWARFText(bytes: sections.texts, offset: try cursor.sectionOffset())
    case DWARFForm.supplementText: throw .unsupported
    default: return nil
    }
  }

  /// The entry that a value refers to, which may be in another unit.
  func entry(_ value: DWARFValue) throws(DWARFError) -> Int {
    switch value.form {
    case DWARFForm.reference1, DWARFForm.reference2, DWARFForm.reference4, DWARFForm.reference8,
      DWARFForm.unsignedReference:
      guard value.raw < UInt64(end - offset) else { throw .corrupt }
      return offset + Int(value.raw)
    case DWARFForm.sectionReference: return Int(clamping: value.raw)
    default: throw .unsupported
    }
  }
}
