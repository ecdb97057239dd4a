import Foundation
import Synchronization
import Testing

@testable import LockstepReport

/// A program of `Tests/Fixtures/DebugInformation`, compiled once for all tests.
struct CompiledProgram {
  let path: String

  private static let compiled = Mutex<[String: String]>([:])

  /// Compiles it with options of Clang, between spaces.
  init(_ options: String) throws {
    path = try Self.compiled.withLock { compiled in
      if let path = compiled[options] { return path }
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("lockstep-symbols-\(getpid())-\(compiled.count)").path
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/DebugInformation/inlined.c").path
      let compiler = try #require(Toolchain.current().program("clang"))
      let arguments = options.split(separator: " ").map(String.init) + [source, "-o", path]
      try #require(ChildProcess.output(of: compiler, arguments, seconds: 60) != nil)
      compiled[options] = path
      return path
    }
  }
}

/// The instructions of a file that tests ask for.
extension ELFFile {
  /// Addresses of its code at regular distances, about so many; without a number, of each byte.
  func codeAddresses(_ count: Int? = nil) throws -> [UInt] {
    let index = try #require(sections.firstIndex { name(of: $0) == ".text" })
    let place = header.sectionOffset + index * header.sectionSize + 16
    let address = UInt(try #require(block.integer(at: place, as: UInt64.self)))
    let size = sections[index].bytes.count
    let distance = count.map { max(1, size / $0) } ?? 1
    return Array(stride(from: address, to: address + UInt(size), by: distance))
  }
}
