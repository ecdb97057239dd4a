/// Where the code at an address is from.
struct DWARFLineRow {
  var address: UInt = 0
  /// The sizes are those that `llvm-symbolizer` keeps.
  var file: UInt16 = 1
  var line: UInt32 = 1
  var column: UInt16 = 0
}

/// Runs the line program of a unit for the rows of some addresses: DWARF 5, section 6.2.5.
struct DWARFLineProgram {
  private(set) var header: DWARFLineHeader
  /// Ascending.
  private let addresses: [UInt]
  /// The row of each address; nil where there is none.
  private(set) var rows: [DWARFLineRow?]
  private var missing: Int
  private var cursor: DWARFCursor

  private var row = DWARFLineRow()
  /// The last row that was made in the sequence at hand.
  private var last: DWARFLineRow?
  /// The first address that is not before the last row, and its index.
  private var wanted: UInt = .max
  private var wantedIndex: Int

  init(
    _ addresses: [UInt], _ sections: DWARFSections, at offset: Int
  ) throws(DWARFError) {
    header = try DWARFLineHeader(sections, at: offset)
    self.addresses = addresses
    rows = Array(repeating: nil, count: addresses.count)
    missing = addresses.count
    wantedIndex = addresses.count
    cursor = DWARFCursor(
      UnsafeRawBufferPointer(rebasing: sections.lines[..<header.program.upperBound]),
      at: header.program.lowerBound)
  }

  /// Runs until all addresses are found, or to the program's end.
  mutating func run() throws(DWARFError) {
    let firstSpecial = header.firstSpecialOpcode
    while missing > 0, cursor.offset < header.program.upperBound {
      let opcode = try cursor.integer(UInt8.self)
      if opcode >= firstSpecial {
        let adjusted = opcode - firstSpecial
        advance(UInt64(adjusted / header.lineRange))
        move(header.lineBase + Int64(adjusted % header.lineRange))
        addRow()
      } else if opcode == 0 {
        try runExtended()
      } else {
        try runStandard(opcode)
      }
    }
  }

  private mutating func runStandard(_ opcode: UInt8) throws(DWARFError) {
    switch opcode {
    // DW_LNS_copy
    case 1: addRow()
    // DW_LNS_advance_pc
    case 2: advance(try cursor.unsignedLEB())
    // DW_LNS_advance_line
    case 3: move(try cursor.signedLEB())
    // DW_LNS_set_file
    case 4: row.file = UInt16(truncatingIfNeeded: try cursor.unsignedLEB())
    // DW_LNS_set_column
    case 5: row.column = UInt16(truncatingIfNeeded: try cursor.unsignedLEB())
    // DW_LNS_negate_stmt, DW_LNS_set_basic_block, DW_LNS_set_prologue_end, DW_LNS_set_epilogue_begin
    case 6, 7, 10, 11: break
    // DW_LNS_const_add_pc
    case 8: advance(UInt64((255 - header.firstSpecialOpcode) / header.lineRange))
    // DW_LNS_fixed_advance_pc
    case 9: row.address &+= UInt(try cursor.integer(UInt16.self))
    // DW_LNS_set_isa, and what is not known.
    default:
      for _ in 0..<header.operandCounts[Int(opcode - 1)] { _ = try cursor.unsignedLEB() }
    }
  }

  private mutating func runExtended() throws(DWARFError) {
    let length = try cursor.unsignedLEB()
    let start = cursor.offset
    guard length > 0, length <= UInt64(cursor.bytes.count - start) else { throw .corrupt }
    switch try cursor.integer(UInt8.self) {
    // DW_LNE_end_sequence
    case 1:
      addRow()
      row = DWARFLineRow()
      last = nil
    // DW_LNE_set_address
    case 2:
      guard length == 9 else { throw .unsupported }
      row.address = UInt(try cursor.integer(UInt64.self))
    // DW_LNE_define_file
    case 3: try header.defineFile(&cursor)
    default: break
    }
    cursor.offset = start + Int(length)
  }

  private mutating func advance(_ operations: UInt64) {
    row.address &+= UInt(operations &* header.minimumLength)
  }

  private mutating func move(_ lines: Int64) {
    row.line &+= UInt32(truncatingIfNeeded: lines)
  }

  /// Makes a row: the last one was that of all addresses up to here.
  private mutating func addRow() {
    guard let last else {
      wantedIndex = addresses.firstIndex(from: row.address)
      wanted = wantedIndex < addresses.count ? addresses[wantedIndex] : .max
      last = row
      return
    }
    if row.address > wanted { take(last) }
    self.last = row
  }

  private mutating func take(_ last: DWARFLineRow) {
    while wantedIndex < addresses.count, addresses[wantedIndex] < row.address {
      if rows[wantedIndex] == nil {
        rows[wantedIndex] = last
        missing -= 1
      }
      wantedIndex += 1
    }
    wanted = wantedIndex < addresses.count ? addresses[wantedIndex] : .max
  }
}
