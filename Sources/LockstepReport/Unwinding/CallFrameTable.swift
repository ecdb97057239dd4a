/// Where a file describes how to undo the frames of its functions: `.eh_frame` and its index.
///
/// The format is that of the Linux Standard Base (Core, "Exception Frames"), with DWARF's programs.
struct CallFrameTable: Sendable {
  private struct Segment {
    var address: UInt
    var offset: UInt
    var size: UInt
  }

  private let block: ByteBlock
  private let segments: [Segment]
  /// The index of `.eh_frame_hdr`: pairs of a function's and its description's distance from here.
  private let indexAddress: UInt
  private let indexOffset: Int
  private let count: Int

  /// Nil for a file without such an index, or with one in a format that linkers do not write.
  init?(path: String) {
    guard let block = ByteBlock(mapping: path),
      let start = block.integer(at: 32, as: UInt64.self),
      let size = block.integer(at: 54, as: UInt16.self),
      let count = block.integer(at: 56, as: UInt16.self)
    else { return nil }
    var segments: [Segment] = []
    var index: Segment?
    for number in 0..<Int(count) {
      let header = Int(clamping: start) &+ number * Int(size)
      guard let type = block.integer(at: header, as: UInt32.self),
        let offset = block.integer(at: header + 8, as: UInt64.self),
        let address = block.integer(at: header + 16, as: UInt64.self),
        let length = block.integer(at: header + 32, as: UInt64.self)
      else { return nil }
      let segment = Segment(address: UInt(address), offset: UInt(offset), size: UInt(length))
      // PT_LOAD and PT_GNU_EH_FRAME.
      if type == 1 { segments.append(segment) }
      if type == 0x6474_e550 { index = segment }
    }
    // Version 1; a pointer in 4 bytes, a count in 4 bytes, a table in pairs of 4 bytes from here.
    guard let index, let offset = Int(exactly: index.offset),
      block.integer(at: offset, as: UInt8.self) == 1,
      block.integer(at: offset + 1, as: UInt8.self).map({ $0 & 0x0F == 0x0B }) == true,
      block.integer(at: offset + 2, as: UInt8.self) == 0x03,
      block.integer(at: offset + 3, as: UInt8.self) == 0x3B,
      let entries = block.integer(at: offset + 8, as: UInt32.self)
    else { return nil }
    self.block = block
    self.segments = segments
    indexAddress = index.address
    indexOffset = offset
    self.count = Int(entries)
  }

  /// The description of the function that an instruction is in.
  ///
  /// - Parameter address: as the file counts.
  /// - Returns: nil where there is none, or none that can be read.
  func description(of address: UInt) -> CallFrameDescription? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      guard let start = entry(middle, word: 0) else { return nil }
      if start <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, let place = entry(low - 1, word: 1), let offset = offset(of: place) else {
      return nil
    }
    let description = try? CallFrameDescription(
      reader: ByteReader(block: block, offset: offset), address: place)
    guard let description, description.range.contains(address) else { return nil }
    return description
  }

  private func entry(_ index: Int, word: Int) -> UInt? {
    block.integer(at: indexOffset + 12 + index * 8 + word * 4, as: Int32.self).map {
      indexAddress &+ UInt(bitPattern: Int($0))
    }
  }

  private func offset(of address: UInt) -> Int? {
    segments.first { $0.address <= address && address < $0.address &+ $0.size }
      .flatMap { Int(exactly: address - $0.address + $0.offset) }
  }
}
