/// The header of a line program: how it is encoded, and its files: DWARF 5, section 6.2.4.
struct DWARFLineHeader {
  private struct File {
    var name: DWARFText
    var folder: UInt64
  }

  let version: Int
  /// Where the program begins and ends in `.debug_line`.
  private(set) var program: Range<Int> = 0..<0
  private(set) var minimumLength: UInt64 = 1
  private(set) var lineBase: Int64 = 0
  private(set) var lineRange: UInt8 = 1
  private(set) var firstSpecialOpcode: UInt8 = 1
  /// Operands of the standard opcodes, from 1.
  private(set) var operandCounts: [UInt8] = []
  private var folders: [DWARFText] = []
  private var files: [File] = []

  init(_ sections: DWARFSections, at offset: Int) throws(DWARFError) {
    var cursor = DWARFCursor(sections.lines, at: offset)
    let length = try cursor.integer(UInt32.self)
    guard length < 0xFFFF_FFF0 else { throw .unsupported }
    let end = cursor.offset + Int(length)
    guard end <= sections.lines.count else { throw .corrupt }
    version = Int(try cursor.integer(UInt16.self))
    guard (2...5).contains(version) else { throw .unsupported }
    if version == 5 {
      // Sizes of an address and of a segment's selector.
      guard try cursor.integer(UInt16.self) == 8 else { throw .unsupported }
    }
    let headerLength = try cursor.sectionOffset()
    let start = cursor.offset + headerLength
    guard start <= end else { throw .corrupt }
    program = start..<end
    try readEncoding(&cursor)
    if version == 5 {
      try readTables(&cursor, sections)
    } else {
      try readNames(&cursor)
    }
  }

  private mutating func readEncoding(_ cursor: inout DWARFCursor) throws(DWARFError) {
    minimumLength = UInt64(try cursor.integer(UInt8.self))
    // Operations that share an instruction, which x86 does not have.
    if version >= 4 {
      guard try cursor.integer(UInt8.self) <= 1 else { throw .unsupported }
    }
    // Whether rows are statements is not asked for.
    try cursor.skip(1)
    lineBase = Int64(try cursor.integer(Int8.self))
    lineRange = try cursor.integer(UInt8.self)
    firstSpecialOpcode = try cursor.integer(UInt8.self)
    guard lineRange > 0, firstSpecialOpcode > 0 else { throw .corrupt }
    for _ in 1..<firstSpecialOpcode { operandCounts.append(try cursor.integer(UInt8.self)) }
  }

  /// The tables of version 4 and before.
  private mutating func readNames(_ cursor: inout DWARFCursor) throws(DWARFError) {
    while let folder = try Self.name(&cursor) { folders.append(folder) }
    while let name = try Self.name(&cursor) { try addFile(name, &cursor) }
  }

  private static func name(_ cursor: inout DWARFCursor) throws(DWARFError) -> DWARFText? {
    let start = cursor.offset
    try cursor.skipText()
    return cursor.offset == start + 1 ? nil : DWARFText(bytes: cursor.bytes, offset: start)
  }

  /// What follows a file's name: its folder, when it was changed, and its size.
  private mutating func addFile(
    _ name: DWARFText, _ cursor: inout DWARFCursor
  ) throws(DWARFError) {
    files.append(File(name: name, folder: try cursor.unsignedLEB()))
    _ = try cursor.unsignedLEB()
    _ = try cursor.unsignedLEB()
  }

  /// A file that the program itself defines: `DW_LNE_define_file`.
  mutating func defineFile(_ cursor: inout DWARFCursor) throws(DWARFError) {
    guard let name = try Self.name(&cursor) else { throw .corrupt }
    try addFile(name, &cursor)
  }

  /// The tables of version 5, which say themselves what they hold.
  private mutating func readTables(
    _ cursor: inout DWARFCursor, _ sections: DWARFSections
  ) throws(DWARFError) {
    let folderFields = try Self.fields(&cursor)
    for _ in 0..<(try Self.count(&cursor, folderFields)) {
      folders.append(try Self.entry(folderFields, &cursor, sections).name)
    }
    let fileFields = try Self.fields(&cursor)
    for _ in 0..<(try Self.count(&cursor, fileFields)) {
      files.append(try Self.entry(fileFields, &cursor, sections))
    }
  }

  private static func fields(
    _ cursor: inout DWARFCursor
  ) throws(DWARFError) -> [DWARFAttributeForm] {
    var fields: [DWARFAttributeForm] = []
    for _ in 0..<(try cursor.integer(UInt8.self)) {
      let content = UInt16(truncatingIfNeeded: try cursor.unsignedLEB())
      let form = UInt16(truncatingIfNeeded: try cursor.unsignedLEB())
      // One without bytes would have no end.
      guard form != DWARFForm.implicitConstant, form != DWARFForm.flagPresent else {
        throw .unsupported
      }
      fields.append(DWARFAttributeForm(name: content, form: form, implicitValue: 0))
    }
    return fields
  }

  /// How many entries follow; each has a byte at least.
  private static func count(
    _ cursor: inout DWARFCursor, _ fields: [DWARFAttributeForm]
  ) throws(DWARFError) -> Int {
    let count = Int(clamping: try cursor.unsignedLEB())
    guard count == 0 || (!fields.isEmpty && count <= cursor.bytes.count) else { throw .corrupt }
    return count
  }

  private static func entry(
    _ fields: [DWARFAttributeForm], _ cursor: inout DWARFCursor, _ sections: DWARFSections
  ) throws(DWARFError) -> File {
    var name: DWARFText?
    var folder: UInt64 = 0
    for field in fields {
      let value = try cursor.value(field)
      // DW_LNCT_path and DW_LNCT_directory_index.
      if field.name == 1 {
        name = try text(value, sections)
      } else if field.name == 2 {
        guard let index = value.unsigned else { throw .unsupported }
        folder = index
      }
    }
    guard let name else { throw .unsupported }
    return File(name: name, folder: folder)
  }

  private static func text(
    _ value: DWARFValue, _ sections: DWARFSections
  ) throws(DWARFError) -> DWARFText {
    let place = Int(clamping: value.raw)
    switch value.form {
    case DWARFForm.text: return DWARFText(bytes: sections.lines, offset: place)
    case DWARFForm.textOffset: return DWARFText(bytes: sections.texts, offset: place)
    case DWARFForm.lineTextOffset: return DWARFText(bytes: sections.lineTexts, offset: place)
    default: throw .unsupported
    }
  }
}

extension DWARFLineHeader {
  /// The path of a file, made absolute by where the compiler ran; nil for a number without a file.
  ///
  /// Numbers are from 1 up to version 4, and from 0 since.
  func path(ofFile number: UInt64, compilationFolder: String) throws(DWARFError) -> String? {
    let first: UInt64 = version == 5 ? 0 : 1
    guard number >= first, number - first < UInt64(files.count) else { return nil }
    let file = files[Int(number - first)]
    let name = try file.name.string()
    if name.hasPrefix("/") { return name }
    // Up to version 4, folder 0 is the compiler's; since, it is in the table.
    let isListed = file.folder >= first && file.folder - first < UInt64(folders.count)
    let folder = isListed ? try folders[Int(file.folder - first)].string() : ""
    let isAbsolute = folder.hasPrefix("/") || (version == 5 && file.folder == 0)
    return Self.join([isAbsolute ? "" : compilationFolder, folder, name])
  }

  private static func join(_ parts: [String]) -> String {
    parts.reduce("") { path, part in
      path.isEmpty || path.hasSuffix("/") || part.isEmpty ? path + part : path + "/" + part
    }
  }
}
