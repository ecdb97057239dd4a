/// The few fields of a 64-bit little-endian ELF file that names and lines need: see elf(5).
struct ELFHeader: Equatable, Sendable {
  /// `ET_DYN`: the file may be mapped anywhere.
  var isPositionIndependent: Bool
  /// `ET_EXEC` or `ET_DYN`: addresses are final, up to a bias.
  var isLinked: Bool
  /// Lowest address of a loaded segment, as the file counts.
  var lowestAddress: UInt
  var sectionOffset: Int
  var sectionSize: Int
  var sectionCount: Int
  /// The section with the names of sections.
  var sectionNames: Int

  /// - Parameter reader: the file's first bytes, program headers included.
  init?(_ reader: ByteBlock) {
    guard reader.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
      let type = reader.integer(at: 16, as: UInt16.self),
      let programOffset = reader.integer(at: 32, as: UInt64.self),
      let sectionOffset = reader.integer(at: 40, as: UInt64.self),
      let programSize = reader.integer(at: 54, as: UInt16.self),
      let programCount = reader.integer(at: 56, as: UInt16.self),
      let sectionSize = reader.integer(at: 58, as: UInt16.self),
      let sectionCount = reader.integer(at: 60, as: UInt16.self),
      let sectionNames = reader.integer(at: 62, as: UInt16.self)
    else { return nil }
    isPositionIndependent = type == 3
    isLinked = type == 2 || type == 3
    self.sectionNames = Int(sectionNames)
    self.sectionOffset = Int(clamping: sectionOffset)
    self.sectionSize = Int(sectionSize)
    self.sectionCount = Int(sectionCount)
    let addresses = (0..<Int(programCount)).compactMap { index -> UInt? in
      let offset = Int(clamping: programOffset) &+ index * Int(programSize)
      guard reader.integer(at: offset, as: UInt32.self) == 1 else { return nil }
      return reader.integer(at: offset &+ 16, as: UInt64.self).map { UInt($0) }
    }
    lowestAddress = addresses.min() ?? 0
  }

  /// What to add to an address of the file for the address in memory.
  func bias(mappedAt base: UInt) -> UInt {
    isPositionIndependent ? base &- (lowestAddress & ~4095) : 0
  }
}
