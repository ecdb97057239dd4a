/// The symbols that a program defines and that the dynamic linker shows to its libraries.
package struct ELFDynamicSymbols {
  package struct Symbol: Equatable, Sendable {
    package var name: String
    /// Where in the file its visibility is, `st_other`: see elf(5).
    package var visibilityOffset: Int
  }

  package let defined: [Symbol]
  /// The names of the file's sections.
  package let sections: [String]

  /// - Returns: nil for what is no ELF file, or has no such symbols.
  package init?(path: String) {
    // SHT_DYNSYM.
    guard let file = ELFFile(path: path), let table = file.section(type: 11),
      file.sections.indices.contains(table.link)
    else { return nil }
    let names = file.sections[table.link].bytes.lowerBound
    let copies = Self.copies(in: file)
    sections = file.sections.compactMap { file.name(of: $0) }
    let block = file.block
    defined = stride(from: table.bytes.lowerBound, to: table.bytes.upperBound, by: 24).compactMap {
      guard let name = block.integer(at: $0, as: UInt32.self),
        let section = block.integer(at: $0 + 6, as: UInt16.self), section != 0,
        let address = block.integer(at: $0 + 8, as: UInt64.self), !copies.contains(address),
        let text = block.text(at: names + Int(name))
      else { return nil }
      return Symbol(name: text, visibilityOffset: $0 + 5)
    }
  }

  /// Where the program has a library's variable, `environ` or `stdout`, copied to: the library itself
  /// must find it there, by any of its names.
  private static func copies(in file: ELFFile) -> Set<UInt64> {
    // SHT_RELA and R_X86_64_COPY.
    let tables = file.sections.filter { $0.type == 4 && $0.isLoaded }
    return Set(
      tables.flatMap { table in
        stride(from: table.bytes.lowerBound, to: table.bytes.upperBound, by: 24).compactMap {
          file.block.integer(at: $0 + 8, as: UInt32.self) == 5
            ? file.block.integer(at: $0, as: UInt64.self) : nil
        }
      })
  }
}
