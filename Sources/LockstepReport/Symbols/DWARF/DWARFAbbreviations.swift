/// One attribute of the entries of an abbreviation.
struct DWARFAttributeForm {
  var name: UInt16
  var form: UInt16
  /// The value, where the abbreviation has it and not the entry.
  var implicitValue: Int64
}

/// How the entries with one code are written: DWARF 5, section 7.5.3.
struct DWARFAbbreviation {
  var tag: UInt64
  var hasChildren: Bool
  /// Which of the table's attributes are its own.
  var attributes: Range<Int>
  /// Bytes of an entry after its code; nil where they depend on the entry.
  var size: Int?
  /// Whether an entry may say at which addresses a function is.
  var isFunction: Bool
}

/// The abbreviations of a unit, by code.
struct DWARFAbbreviations {
  private(set) var attributes: [DWARFAttributeForm] = []
  private var abbreviations: [DWARFAbbreviation] = []
  /// Only where the codes are not 1, 2, 3 …, as compilers write them.
  private var codes: [UInt64: Int] = [:]

  /// Reads the table that begins at an offset of `.debug_abbrev`.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DWARFError) {
    var cursor = DWARFCursor(bytes, at: offset)
    while true {
      let code = try cursor.unsignedLEB()
      if code == 0 { break }
      try add(code, from: &cursor)
    }
  }

  subscript(code: UInt64) -> DWARFAbbreviation? {
    if codes.isEmpty {
      return code > 0 && code <= UInt64(abbreviations.count) ? abbreviations[Int(code - 1)] : nil
    }
    return codes[code].map { abbreviations[$0] }
  }

  private mutating func add(_ code: UInt64, from cursor: inout DWARFCursor) throws(DWARFError) {
    let tag = try cursor.unsignedLEB()
    let hasChildren = try cursor.integer(UInt8.self) != 0
    let first = attributes.count
    var size: Int? = 0
    var hasAddresses = false
    while true {
      guard let attribute = try cursor.attribute() else { break }
      attributes.append(attribute)
      let more = DWARFForm.size(of: attribute.form)
      size = size.flatMap { size in more.map { size + $0 } }
      hasAddresses =
        hasAddresses || attribute.name == DWARFAttribute.lowAddress
        || attribute.name == DWARFAttribute.ranges
    }
    let index = abbreviations.count
    if code != UInt64(index + 1) || !codes.isEmpty { remember(code, as: index) }
    abbreviations.append(
      DWARFAbbreviation(
        tag: tag, hasChildren: hasChildren, attributes: first..<attributes.count, size: size,
        isFunction: hasAddresses
          && (tag == DWARFTag.subprogram || tag == DWARFTag.inlinedSubroutine)))
  }

  private mutating func remember(_ code: UInt64, as index: Int) {
    if codes.isEmpty { for known in 0..<index { codes[UInt64(known + 1)] = known } }
    codes[code] = index
  }
}

extension DWARFCursor {
  /// The next attribute of an abbreviation; nil after the last.
  @inline(__always)
  mutating func attribute() throws(DWARFError) -> DWARFAttributeForm? {
    let name = UInt16(truncatingIfNeeded: try unsignedLEB())
    let form = UInt16(truncatingIfNeeded: try unsignedLEB())
    if name == 0, form == 0 { return nil }
    let value = form == DWARFForm.implicitConstant ? try signedLEB() : 0
    return DWARFAttributeForm(name: name, form: form, implicitValue: value)
  }
}

/// Finds single abbreviations without keeping what is before them.
///
/// Units that follow each other often share a table: the next code is looked for from the last one on.
struct DWARFAbbreviationScan {
  private let bytes: UnsafeRawBufferPointer
  private var table = -1
  private var code: UInt64 = 0
  /// At the attributes of that code.
  private var cursor: DWARFCursor

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    cursor = DWARFCursor(bytes, at: 0)
  }

  /// Where the attributes of an abbreviation begin, in the table at an offset.
  mutating func attributes(
    of wanted: UInt64, inTableAt offset: Int
  ) throws(DWARFError) -> DWARFCursor {
    if offset != table || wanted < code {
      cursor = DWARFCursor(bytes, at: offset)
      (table, code) = (offset, 0)
    } else if code != wanted {
      while try cursor.attribute() != nil {}
    }
    while code != wanted {
      code = try cursor.unsignedLEB()
      // The end of the table.
      if code == 0 { throw .corrupt }
      _ = try cursor.unsignedLEB()
      _ = try cursor.integer(UInt8.self)
      if code != wanted { while try cursor.attribute() != nil {} }
    }
    return cursor
  }
}
