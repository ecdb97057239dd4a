/// A file and its debug information, which tells functions, files and lines of addresses.
///
/// What it reads are executables and shared libraries with DWARF 4 or 5 as Swift and Clang write it for
/// x86-64. Its answers are those of `llvm-symbolizer`, or none.
///
/// Sendable, since nobody writes to what it holds.
final class DWARFFile: @unchecked Sendable {
  private let file: ELFFile
  private let sections: DWARFSections
  private let index: DWARFUnitIndex

  /// - Returns: nil for what it cannot read.
  init?(_ file: ELFFile, path: String) {
    guard file.header.isLinked, !SeparateDebugFile.exists(for: file, path: path),
      let sections = try? DWARFSections(file), let index = try? DWARFUnitIndex(sections)
    else { return nil }
    self.file = file
    self.sections = sections
    self.index = index
  }

  /// The symbols at addresses as the file has them, innermost inlined function first.
  ///
  /// - Returns: nil when one of them cannot be told.
  func symbols(at addresses: [UInt]) -> [[SymbolizerOutput.Symbol]]? {
    let ascending = Set(addresses).sorted()
    guard let found = try? frames(at: ascending) else { return nil }
    let names = ELFFunctionNames(file).names(at: ascending)
    return addresses.map { address in
      let index = ascending.firstIndex(from: address)
      var frames = found[index]
      if frames.isEmpty { frames = [SymbolizerOutput.Symbol(functionName: "")] }
      // The symbol table has the name that the linker chose of several.
      if let name = names[index] { frames[frames.count - 1].functionName = name }
      return frames
    }
  }

  private func frames(
    at addresses: [UInt]
  ) throws(DWARFError) -> [[SymbolizerOutput.Symbol]] {
    var frames = Array(repeating: [SymbolizerOutput.Symbol](), count: addresses.count)
    var lookup = DWARFLookup(sections, index)
    for (unit, indices) in try index.units(with: addresses, sections) {
      let found = try lookup.frames(at: indices.map { addresses[$0] }, in: unit)
      for (index, symbols) in zip(indices, found) { frames[index] = symbols }
    }
    return frames
  }
}
