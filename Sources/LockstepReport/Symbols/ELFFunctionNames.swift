/// The names that `llvm-symbolizer` takes from a symbol table, read without sorting it.
struct ELFFunctionNames {
  private struct Best {
    var address: UInt = 0
    var size: UInt = 0
    var name: Int?

    /// Whether another symbol is at a higher address, or reaches further; of equals the later counts.
    func isBelow(_ address: UInt, _ size: UInt) -> Bool {
      name == nil || (self.address, self.size) <= (address, size)
    }
  }

  private let file: ELFFile

  init(_ file: ELFFile) { self.file = file }

  /// For each of ascending addresses the name of the last symbol before it, unless it ends before it.
  ///
  /// - Complexity: O(n log k) for n symbols and k addresses.
  func names(at addresses: [UInt]) -> [String?] {
    guard let table = file.symbols, file.sections.indices.contains(table.link) else {
      return addresses.map { _ in nil }
    }
    let names = file.sections[table.link].bytes.lowerBound
    var best = candidates(in: table.bytes, for: addresses)
    for index in best.indices.dropFirst() where best[index].name == nil {
      best[index] = best[index - 1]
    }
    return zip(addresses, best).map { address, symbol in
      guard let name = symbol.name, symbol.size == 0 || address - symbol.address < symbol.size
      else { return nil }
      return file.block.text(at: names &+ name)
    }
  }

  /// For each address the best symbol after the address before it.
  private func candidates(in table: Range<Int>, for addresses: [UInt]) -> [Best] {
    var best = Array(repeating: Best(), count: addresses.count)
    let bytes = file.block.bytes
    let isLoaded = file.sections.map(\.isLoaded)
    // Whole entries only, within the section, which is within the file.
    for offset in stride(from: table.lowerBound, through: table.upperBound - 24, by: 24) {
      let address = UInt(bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
      let index = addresses.firstIndex(from: address)
      guard index < addresses.count else { continue }
      // STT_NOTYPE, STT_OBJECT, STT_FUNC and STT_GNU_IFUNC, of what is in memory.
      let type = bytes[offset + 4] & 15
      let section = Int(bytes.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self))
      guard type <= 2 || type == 10, section != 0, section < isLoaded.count, isLoaded[section]
      else { continue }
      let size = UInt(bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
      guard best[index].isBelow(address, size) else { continue }
      let name = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      best[index] = Best(address: address, size: size, name: Int(name))
    }
    return best
  }
}
