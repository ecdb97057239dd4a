/// The functions and variables of one ELF file, by address.
struct ELFSymbolTable: Sendable {
  struct Symbol: Equatable, Sendable {
    /// As in the file, mangled.
    var name: String
    /// As the file counts: without the image's bias.
    var address: UInt
    var size: UInt
    var isFunction: Bool

    var range: Range<UInt> { address..<(address &+ max(size, 1)) }
  }

  private struct Entry {
    var address: UInt
    var size: UInt
    var name: Int
    var isFunction: Bool
  }

  /// Ascending by address.
  private var entries: [Entry] = []
  private var reader = ByteBlock(copying: [])

  init() {}

  /// The table of a file: all its symbols, or those for the dynamic linker if it was stripped.
  init(_ file: ELFFile) {
    reader = file.block
    guard let table = file.symbols, file.sections.indices.contains(table.link) else { return }
    let names = file.sections[table.link].bytes.lowerBound
    for offset in stride(from: table.bytes.lowerBound, to: table.bytes.upperBound, by: 24) {
      // Symbol types 1 and 2: STT_OBJECT and STT_FUNC.
      guard let name = reader.integer(at: offset, as: UInt32.self),
        let info = reader.integer(at: offset + 4, as: UInt8.self), [1, 2].contains(info & 15),
        let section = reader.integer(at: offset + 6, as: UInt16.self), section != 0,
        let address = reader.integer(at: offset + 8, as: UInt64.self),
        let size = reader.integer(at: offset + 16, as: UInt64.self)
      else { continue }
      entries.append(
        Entry(
          address: UInt(address), size: UInt(size), name: names + Int(name),
          isFunction: info & 15 == 2))
    }
    entries.sort { ($0.address, $0.size) < ($1.address, $1.size) }
  }

  /// The smallest symbol that an address is part of; a symbol without a size reaches to the next.
  ///
  /// - Complexity: O(log n) for n symbols, and the few that begin just before the address.
  func symbol(containing address: UInt) -> Symbol? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    let candidates = entries[max(0, low - 16)..<low]
    return candidates.filter { address < $0.address &+ max($0.size, 1) }.min { $0.size < $1.size }
      .flatMap(symbol)
  }

  private func symbol(_ entry: Entry) -> Symbol? {
    reader.text(at: entry.name).map {
      Symbol(name: $0, address: entry.address, size: entry.size, isFunction: entry.isFunction)
    }
  }
}
