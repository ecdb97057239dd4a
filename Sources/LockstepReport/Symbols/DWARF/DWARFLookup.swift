/// The frames of addresses, of one unit after the other.
struct DWARFLookup {
  private let sections: DWARFSections
  private let index: DWARFUnitIndex
  /// By where they begin.
  private var abbreviations: [Int: DWARFAbbreviations] = [:]
  /// By a function's entry.
  private var names: [Int: String] = [:]

  init(_ sections: DWARFSections, _ index: DWARFUnitIndex) {
    self.sections = sections
    self.index = index
  }

  /// The frames of ascending addresses, innermost inlined function first.
  mutating func frames(
    at addresses: [UInt], in unit: DWARFUnit
  ) throws(DWARFError) -> [[SymbolizerOutput.Symbol]] {
    guard !unit.isSplit else { throw .unsupported }
    var search = DWARFFunctionSearch(addresses, in: unit, try table(of: unit), sections)
    try search.run()
    var files = DWARFFilePaths(try compilationFolder(of: unit))
    var rows = [DWARFLineRow?](repeating: nil, count: addresses.count)
    if let offset = unit.lineProgram?.sectionOffset {
      var program = try DWARFLineProgram(addresses, sections, at: offset)
      try program.run()
      files.header = program.header
      rows = program.rows
    }
    var result: [[SymbolizerOutput.Symbol]] = []
    for index in addresses.indices {
      let place = try rows[index].flatMap { row throws(DWARFError) in try files.place(of: row) }
      result.append(try frames(search.calls(at: index), at: place, in: unit, &files))
    }
    return result
  }

  /// The frames of the entries of functions, the innermost first.
  ///
  /// The place is that of the instruction; where a call is, what was inlined says.
  private mutating func frames(
    _ calls: [Int], at place: DWARFFilePaths.Place?, in unit: DWARFUnit,
    _ files: inout DWARFFilePaths
  ) throws(DWARFError) -> [SymbolizerOutput.Symbol] {
    guard !calls.isEmpty else {
      return place.map { [SymbolizerOutput.Symbol(functionName: "", place: $0)] } ?? []
    }
    var place = place ?? DWARFFilePaths.Place()
    var frames: [SymbolizerOutput.Symbol] = []
    for call in calls {
      let entry = try DWARFFunctionEntry(at: call, in: unit, try table(of: unit), sections)
      frames.append(SymbolizerOutput.Symbol(functionName: try name(of: call), place: place))
      place = try files.callPlace(entry)
    }
    return frames
  }

  private func compilationFolder(of unit: DWARFUnit) throws(DWARFError) -> String {
    guard let value = unit.compilationFolder else { return "" }
    return try unit.text(value, sections)?.string() ?? ""
  }

  private mutating func table(of unit: DWARFUnit) throws(DWARFError) -> DWARFAbbreviations {
    if let table = abbreviations[unit.abbreviations] { return table }
    let table = try DWARFAbbreviations(sections.abbreviations, at: unit.abbreviations)
    abbreviations[unit.abbreviations] = table
    return table
  }
}

extension DWARFLookup {
  /// How often the name of a function may be left to another entry.
  private static let longestReference = 16

  /// The linker's name of a function, or else the one in the source; empty where there is none.
  private mutating func name(of offset: Int) throws(DWARFError) -> String {
    if let name = names[offset] { return name }
    var plain: DWARFText?
    var linkage: DWARFText?
    var next: Int? = offset
    for _ in 0..<Self.longestReference where linkage == nil {
      guard let offset = next else { break }
      let entry = try entry(at: offset)
      linkage = entry.linkageName
      plain = plain ?? entry.name
      next = entry.specification ?? entry.abstractOrigin
    }
    guard next == nil || linkage != nil else { throw .corrupt }
    let name = try (linkage ?? plain)?.string() ?? ""
    names[offset] = name
    return name
  }

  private mutating func entry(at offset: Int) throws(DWARFError) -> DWARFFunctionEntry {
    let unit = try index.unit(ofEntry: offset, sections)
    return try DWARFFunctionEntry(at: offset, in: unit, try table(of: unit), sections)
  }
}
