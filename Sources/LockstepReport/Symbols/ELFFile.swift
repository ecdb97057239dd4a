/// A 64-bit little-endian ELF file, mapped into memory, and its sections: see elf(5).
struct ELFFile: Sendable {
  struct Section: Sendable {
    var name: Int
    var type: UInt32
    var flags: UInt64
    /// Where its bytes are in the file; empty for one without bytes, or that ends past the file's end.
    var bytes: Range<Int>
    /// Another section that goes with it: for symbols that of their names.
    var link: Int

    /// `SHF_ALLOC`: it is in memory when the program runs.
    var isLoaded: Bool { flags & 2 != 0 }
    /// `SHF_COMPRESSED`.
    var isCompressed: Bool { flags & 0x800 != 0 }
  }

  let block: ByteBlock
  let header: ELFHeader
  let sections: [Section]

  /// - Returns: nil for what is no such file.
  init?(path: String) {
    guard let block = ByteBlock(mapping: path) else { return nil }
    self.init(block)
  }

  init?(_ block: ByteBlock) {
    guard let header = ELFHeader(block) else { return nil }
    self.block = block
    self.header = header
    sections = (0..<header.sectionCount).map { index in
      let start = header.sectionOffset &+ index * header.sectionSize
      return Section(block, at: start)
    }
  }

  func name(of section: Section) -> String? {
    guard sections.indices.contains(header.sectionNames) else { return nil }
    let names = sections[header.sectionNames].bytes
    return block.text(at: names.lowerBound &+ section.name)
  }

  /// The first section of a type.
  func section(type: UInt32) -> Section? { sections.first { $0.type == type } }

  /// The symbols: all, or those for the dynamic linker if the file was stripped.
  var symbols: Section? {
    // SHT_SYMTAB and SHT_DYNSYM.
    section(type: 2) ?? section(type: 11)
  }
}

extension ELFFile.Section {
  fileprivate init(_ block: ByteBlock, at start: Int) {
    func field(_ offset: Int) -> UInt64 {
      block.integer(at: start &+ offset, as: UInt64.self) ?? 0
    }
    name = Int(block.integer(at: start, as: UInt32.self) ?? 0)
    type = block.integer(at: start &+ 4, as: UInt32.self) ?? 0
    flags = field(8)
    link = Int(block.integer(at: start &+ 40, as: UInt32.self) ?? 0)
    let offset = Int(clamping: field(24))
    let (end, overflows) = offset.addingReportingOverflow(Int(clamping: field(32)))
    // SHT_NOBITS: what the file leaves out.
    bytes = type == 8 || overflows || end > block.bytes.count ? 0..<0 : offset..<end
  }
}
