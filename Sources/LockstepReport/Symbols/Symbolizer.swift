import Glibc
import Synchronization

/// Turns program counters of a process into functions, files and lines; each is looked up once.
///
/// Files are read here where that is possible: `llvm-symbolizer` needs 20 ms and more to start and to read
/// all of a file's debug information, which is longer than many an exploration.
package final class Symbolizer: Sendable {
  private struct State {
    var frames: [UInt: [SourceFrame]] = [:]
    /// By mangled name: making one takes longer than finding its address.
    var shortNames: [String: String] = [:]
    var existing: [String: Bool] = [:]
    /// By path; nil for a file whose debug information we cannot read.
    var files: [String: DWARFFile?] = [:]
    var notes: [String] = []
  }

  package let symbols: ImageSymbols
  private let readsFiles: Bool
  private let toolchain: Toolchain?
  private let seconds: Double
  private let state = Mutex(State())

  /// - Parameters:
  ///   - toolchain: where `llvm-symbolizer` is looked for when it is needed; nil for the one in use.
  ///   - symbols: of the process's images; shared with what else reads them.
  ///   - seconds: that a batch may take before it is given up.
  ///   - readsFiles: whether files are read here, and the tool is asked only of what we cannot read.
  package init(
    toolchain: Toolchain? = nil, symbols: ImageSymbols = ImageSymbols(),
    seconds: Double = 20, readsFiles: Bool = true
  ) {
    self.symbols = symbols
    self.readsFiles = readsFiles
    self.seconds = seconds
    self.toolchain = toolchain
  }

  /// What could not be done, a phrase each, to be shown below a finding.
  package var notes: [String] { state.withLock { $0.notes } }

  /// The frames of return addresses, as an event's `programCounter` is one.
  ///
  /// - Returns: the innermost inlined function first; empty where nothing is known.
  package func frames(atReturnAddress address: UInt) -> [SourceFrame] {
    frames(atInstructions: [address &- 1])[0]
  }

  /// The frames of an instruction of a file, by the address that the file has for it.
  package func frames(inFile path: String, atOffset offset: UInt) -> [SourceFrame] {
    lookUp([offset], in: LoadedImages.Image(path: path, bias: 0))[offset] ?? []
  }

  /// Looks up all the addresses at once, for `frames(atReturnAddress:)` to find.
  package func prepare(returnAddresses: some Sequence<UInt>) {
    _ = frames(atInstructions: returnAddresses.map { $0 &- 1 })
  }

  /// The frames of instructions; the addresses of an image are looked up at once.
  package func frames(atInstructions addresses: [UInt]) -> [[SourceFrame]] {
    let missing = Set(
      state.withLock { state in addresses.filter { state.frames[$0] == nil } })
    let byImage = Dictionary(grouping: missing.sorted()) { symbols.image(of: $0) }
    for (image, addresses) in byImage {
      let found = image.map { lookUp(addresses, in: $0) } ?? [:]
      for address in addresses {
        let frames = found[address] ?? symbolFrame(at: address).map { [$0] } ?? []
        state.withLock { $0.frames[address] = frames }
      }
    }
    return state.withLock { state in addresses.map { state.frames[$0] ?? [] } }
  }

  private func lookUp(
    _ addresses: [UInt], in image: LoadedImages.Image
  ) -> [UInt: [SourceFrame]] {
    let source = Source(image: image, file: debugInformation(of: image))
    var found = ask(source, of: addresses).mapValues { $0.compactMap(frame) }
    // What the compiler adds to a statement has no line: the next instruction with one tells, or at a
    // function's end the one before, or else where the function begins.
    let lineless = addresses.filter { address in
      found[address].map { !$0.isEmpty && $0.firstUserFrame == nil } ?? false
    }
    let ahead = Dictionary(uniqueKeysWithValues: lineless.map { ($0, self.addresses(near: $0)) })
    let near = ask(source, of: Set(ahead.values.joined()).sorted())
    for (address, next) in ahead {
      let frames = next.lazy.compactMap { near[$0]?.compactMap(self.frame) }
      guard let frame = frames.compactMap(\.firstUserFrame).first,
        found[address]?.last?.function == frame.function
      else { continue }
      found[address, default: []].append(frame)
    }
    return found.filter { !$0.value.isEmpty }
  }

  /// Addresses in the same function, a few bytes apart, which need not begin an instruction: those
  /// after it, and then those before it, and the first.
  private func addresses(near address: UInt) -> [UInt] {
    guard let range = symbols.symbol(at: address)?.range, range.upperBound > address else {
      return []
    }
    return Array(stride(from: address + 4, to: min(range.upperBound, address + 128), by: 4))
      + stride(from: address - 4, through: max(range.lowerBound, address - 64), by: -4)
      + [range.lowerBound]
  }

  /// What knows the symbols of one image: we, or a process of the tool that is started when needed.
  private final class Source {
    let image: LoadedImages.Image
    let file: DWARFFile?
    var process: SymbolizerProcess?

    init(image: LoadedImages.Image, file: DWARFFile?) {
      self.image = image
      self.file = file
    }
  }

  private func debugInformation(of image: LoadedImages.Image) -> DWARFFile? {
    guard readsFiles else { return nil }
    if let known = state.withLock({ $0.files[image.path] }) { return known }
    let file = symbols.elfFile(image.path).flatMap { DWARFFile($0, path: image.path) }
    state.withLock { $0.files[image.path] = .some(file) }
    return file
  }

  private func start(on image: LoadedImages.Image) -> SymbolizerProcess? {
    guard let tool = (toolchain ?? .current()).symbolizer else {
      note("no 'llvm-symbolizer' beside 'swift' or on the path; lines are left out")
      return nil
    }
    let process = SymbolizerProcess(tool: tool, file: image.path, seconds: seconds)
    if process == nil { noteSilence(of: tool) }
    return process
  }

  private func ask(
    _ source: Source, of addresses: [UInt]
  ) -> [UInt: [SymbolizerOutput.Symbol]] {
    guard !addresses.isEmpty else { return [:] }
    let places = addresses.map { $0 &- source.image.bias }
    guard let answers = source.file?.symbols(at: places) ?? askTool(source, of: places) else {
      return [:]
    }
    return Dictionary(uniqueKeysWithValues: zip(addresses, answers))
  }

  private func askTool(
    _ source: Source, of places: [UInt]
  ) -> [[SymbolizerOutput.Symbol]]? {
    source.process = source.process ?? start(on: source.image)
    guard let process = source.process else { return nil }
    let answers = process.symbols(at: places)
    if answers == nil { noteSilence(of: process.tool) }
    return answers
  }

  private func noteSilence(of tool: String) {
    note("'\(tool)' gave no answer; lines are left out")
  }

  private func frame(_ symbol: SymbolizerOutput.Symbol) -> SourceFrame? {
    let function = symbol.functionName.isEmpty ? nil : shortName(symbol.functionName)
    guard symbol.line > 0, !symbol.fileName.isEmpty, symbol.fileName != "<compiler-generated>"
    else {
      return function.map { SourceFrame(location: nil, function: $0, isUserCode: false) }
    }
    let file = Self.plain(symbol.fileName)
    let location = SourceLocation(
      file: file, line: symbol.line, column: symbol.column > 0 ? symbol.column : nil)
    let mayBeUser = !Self.isOfToolchain(file)
    let exists = mayBeUser && exists(file)
    return SourceFrame(
      location: location, function: function, isUserCode: exists,
      isOfAbsentFile: mayBeUser && !exists && file.hasPrefix("/"))
  }

  /// The path without steps that lead nowhere: `/a/./b`.
  private static func plain(_ path: String) -> String {
    guard path.contains("/./") else { return path }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return (parts.prefix(1) + parts.dropFirst().filter { $0 != "." }).joined(separator: "/")
  }

  private func shortName(_ mangled: String) -> String {
    if let known = state.withLock({ $0.shortNames[mangled] }) { return known }
    let name = Demangling.shortName(mangled)
    state.withLock { $0.shortNames[mangled] = name }
    return name
  }

  /// Only the symbol table's name, where there is no debug information.
  private func symbolFrame(at address: UInt) -> SourceFrame? {
    symbols.symbol(at: address).map {
      SourceFrame(location: nil, function: Demangling.shortName($0.name), isUserCode: false)
    }
  }

  /// Interfaces and headers of the toolchain and of the system were inlined, not written here.
  private static func isOfToolchain(_ file: String) -> Bool {
    file.hasSuffix(".swiftinterface") || file.contains("/lib/swift/")
      || file.contains("/swift/stdlib/") || file.contains("/lib/clang/")
      || file.hasPrefix("/usr/include/") || (file.contains("/include/") && file.contains("/c++/"))
  }

  private func exists(_ file: String) -> Bool {
    if let known = state.withLock({ $0.existing[file] }) { return known }
    let exists = access(file, R_OK) == 0
    state.withLock { $0.existing[file] = exists }
    return exists
  }

  private func note(_ text: String) {
    state.withLock { if !$0.notes.contains(text) { $0.notes.append(text) } }
  }
}
