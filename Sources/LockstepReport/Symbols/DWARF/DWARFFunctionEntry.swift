/// What the entry of a function, or of an inlined call, says of names and of the call's place.
struct DWARFFunctionEntry {
  private(set) var linkageName: DWARFText?
  private(set) var name: DWARFText?
  private(set) var callFile: UInt64 = 0
  private(set) var callLine: UInt64 = 0
  private(set) var callColumn: UInt64 = 0
  /// The entry that says what this one leaves out, which may be in another unit.
  private(set) var abstractOrigin: Int?
  private(set) var specification: Int?

  init(
    at offset: Int, in unit: DWARFUnit, _ abbreviations: DWARFAbbreviations,
    _ sections: DWARFSections
  ) throws(DWARFError) {
    guard offset >= unit.firstEntry, offset < unit.end else { throw .corrupt }
    var cursor = DWARFCursor(sections.info, at: offset)
    guard let abbreviation = abbreviations[try cursor.unsignedLEB()] else { throw .corrupt }
    for index in abbreviation.attributes {
      let attribute = abbreviations.attributes[index]
      let value = try cursor.value(attribute)
      switch attribute.name {
      case DWARFAttribute.linkageName, DWARFAttribute.formerLinkageName:
        linkageName = try unit.text(value, sections)
      case DWARFAttribute.name: name = try unit.text(value, sections)
      case DWARFAttribute.callFile: callFile = value.unsigned ?? 0
      case DWARFAttribute.callLine: callLine = value.unsigned ?? 0
      case DWARFAttribute.callColumn: callColumn = value.unsigned ?? 0
      case DWARFAttribute.abstractOrigin: abstractOrigin = try unit.entry(value)
      case DWARFAttribute.specification: specification = try unit.entry(value)
      default: break
      }
    }
  }
}
