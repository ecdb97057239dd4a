import Synchronization

/// Symbols of a process's images by address in memory; each file is read once.
package final class ImageSymbols: Sendable {
  struct Symbol: Equatable, Sendable {
    /// As in the file, mangled.
    var name: String
    /// In the process's memory.
    var range: Range<UInt>
    var isFunction: Bool
  }

  private struct State {
    var images = LoadedImages(maps: "") { _ in nil }
    var files: [String: ELFFile?] = [:]
    var tables: [String: ELFSymbolTable] = [:]
  }

  private let state = Mutex(State())
  private let load: @Sendable () -> LoadedImages

  /// Symbols of this process.
  package init() { load = { LoadedImages.current() } }

  /// Symbols of another process, which may end meanwhile: what was looked up before stays known.
  package init(process: Int32) { load = { LoadedImages.of(process: process) } }

  /// Whether a return address can be there.
  package func isCode(at address: UInt) -> Bool { mapping(of: address)?.isExecutable == true }

  /// The file that is mapped at an address.
  package func file(at address: UInt) -> String? { image(of: address)?.path }

  /// Name of the function at an address, as people write it.
  package func functionName(at address: UInt) -> String? {
    symbol(at: address).flatMap { $0.isFunction ? Demangling.shortName($0.name) : nil }
  }

  /// Name of the variable that an address is part of, and how far in.
  package func variable(at address: UInt) -> (name: String, offset: UInt)? {
    symbol(at: address).flatMap {
      $0.isFunction ? nil : (Demangling.shortName($0.name), address &- $0.range.lowerBound)
    }
  }

  func image(of address: UInt) -> LoadedImages.Image? {
    images(with: address).image(of: address)
  }

  func mapping(of address: UInt) -> LoadedImages.Mapping? {
    images(with: address).mapping(of: address)
  }

  /// The function or variable that an address is part of.
  func symbol(at address: UInt) -> Symbol? {
    guard let image = image(of: address) else { return nil }
    let file = elfFile(image.path)
    let table = state.withLock { state in
      if let table = state.tables[image.path] { return table }
      let table = file.map(ELFSymbolTable.init) ?? ELFSymbolTable()
      state.tables[image.path] = table
      return table
    }
    guard let symbol = table.symbol(containing: address &- image.bias) else { return nil }
    let start = symbol.address &+ image.bias
    return Symbol(
      name: symbol.name, range: start..<(start &+ max(symbol.size, 1)),
      isFunction: symbol.isFunction)
  }

  /// Writable memory of the main executable: where its globals are.
  func globalMemory() -> [Range<UInt>] {
    let images = load()
    return images.mappings.filter { $0.isWritable && $0.image == 0 }.map(\.range)
  }

  /// A file, mapped into memory once.
  func elfFile(_ path: String) -> ELFFile? {
    state.withLock { state in
      if let file = state.files[path] { return file }
      let file = ELFFile(path: path)
      state.files[path] = .some(file)
      return file
    }
  }

  /// The mappings, looked up again if they do not hold the address yet.
  private func images(with address: UInt) -> LoadedImages {
    state.withLock { state in
      if state.images.mapping(of: address) == nil { state.images = load() }
      return state.images
    }
  }
}
