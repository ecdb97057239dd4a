/// The sections of a file that hold its debug information: DWARF 5, section 7.3.
///
/// They refer to the bytes of the file without holding it.
struct DWARFSections {
  var info = UnsafeRawBufferPointer(start: nil, count: 0)
  var abbreviations = UnsafeRawBufferPointer(start: nil, count: 0)
  var lines = UnsafeRawBufferPointer(start: nil, count: 0)
  var texts = UnsafeRawBufferPointer(start: nil, count: 0)
  var lineTexts = UnsafeRawBufferPointer(start: nil, count: 0)
  var textOffsets = UnsafeRawBufferPointer(start: nil, count: 0)
  var addresses = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Of DWARF 4.
  var ranges = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Of DWARF 5.
  var rangeLists = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ file: ELFFile) throws(DWARFError) {
    for section in file.sections where !section.isLoaded {
      guard let name = file.name(of: section) else { continue }
      // What assemblers called a compressed section before there was a flag.
      if name.hasPrefix(".zdebug_") { throw .unsupported }
      guard name.hasPrefix(".debug_"), let place = Self.place(of: name) else { continue }
      if section.isCompressed || section.bytes.isEmpty { throw .unsupported }
      self[keyPath: place] = UnsafeRawBufferPointer(rebasing: file.block.bytes[section.bytes])
    }
  }

  private static func place(
    of name: String
  ) -> WritableKeyPath<DWARFSections, UnsafeRawBufferPointer>? {
    switch name {
    case ".debug_info": \.info
    case ".debug_abbrev": \.abbreviations
    case ".debug_line": \.lines
    case ".debug_str": \.texts
    case ".debug_line_str": \.lineTexts
    case ".debug_str_offsets": \.textOffsets
    case ".debug_addr": \.addresses
    case ".debug_ranges": \.ranges
    case ".debug_rnglists": \.rangeLists
    default: nil
    }
  }
}
