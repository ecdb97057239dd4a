import Foundation
import Testing

@testable import LockstepReport

struct `A file's debug information` {
  /// What the tool says.
  private func answers(of path: String, _ addresses: [UInt]) throws -> [[SymbolizerOutput.Symbol]] {
    let tool = try #require(Toolchain.current().symbolizer)
    let process = try #require(SymbolizerProcess(tool: tool, file: path, seconds: 120))
    return try #require(process.symbols(at: addresses))
  }

  /// Expects our answers to be those of the tool; the file of what has no line is not looked at.
  private func expectSameAnswers(_ path: String, count: Int? = nil) throws {
    let elf = try #require(ELFFile(path: path))
    let file = try #require(DWARFFile(elf, path: path))
    let addresses = try elf.codeAddresses(count)
    let ours = try #require(file.symbols(at: addresses))
    let theirs = try answers(of: path, addresses)
    #expect(ours.contains { $0.contains { $0.line > 0 } })
    var differences = 0
    for (address, (our, their)) in zip(addresses, zip(ours, theirs)) {
      func comparable(_ symbol: SymbolizerOutput.Symbol) -> SymbolizerOutput.Symbol {
        var symbol = symbol
        if symbol.line == 0 { symbol.fileName = "" }
        return symbol
      }
      guard our.map(comparable) != their.map(comparable) else { continue }
      differences += 1
      if differences <= 3 {
        Issue.record("0x\(String(address, radix: 16)): \(our) instead of \(their)")
      }
    }
    #expect(differences == 0, "of \(addresses.count) addresses of \(path)")
  }

  @Test(arguments: [
    "-g -gdwarf-4 -O0", "-g -gdwarf-4 -O2", "-g -gdwarf-5 -O0", "-g -gdwarf-5 -O2",
    "-g -gdwarf-4 -O2 -shared -fPIC", "-g -gdwarf-5 -O2 -shared -fPIC", "-g -O2 -no-pie",
    "-g -O2 -ffunction-sections -Wl,--gc-sections",
  ])
  func `gives the tool's answers for each byte of a C program`(options: String) throws {
    try expectSameAnswers(CompiledProgram(options).path)
  }

  @Test func `gives the tool's answers for this test's own file`() throws {
    let here: @convention(c) () -> Int32 = { 1 }
    let address = UInt(bitPattern: unsafeBitCast(here, to: UnsafeRawPointer.self))
    try expectSameAnswers(#require(ImageSymbols().file(at: address)), count: 1000)
  }

  @Test func `gives the tool's answers for executables that were built with it`() throws {
    let here: @convention(c) () -> Int32 = { 1 }
    let address = UInt(bitPattern: unsafeBitCast(here, to: UnsafeRawPointer.self))
    let folder = URL(fileURLWithPath: try #require(ImageSymbols().file(at: address)))
      .deletingLastPathComponent()
    for name in ["lockstep", "corpus"] {
      let path = folder.appendingPathComponent(name).path
      if access(path, R_OK) == 0 { try expectSameAnswers(path, count: 1000) }
    }
  }

  @Test func `has several frames where functions are inlined`() throws {
    let path = try CompiledProgram("-g -O2").path
    let elf = try #require(ELFFile(path: path))
    let file = try #require(DWARFFile(elf, path: path))
    let symbols = try #require(file.symbols(at: try elf.codeAddresses()))
    let chains = Set(symbols.map { $0.map(\.functionName) })
    #expect(chains.contains(["twice", "sum", "main"]))
    #expect(chains.contains(["twice", "outer"]))
    let inner = try #require(symbols.first { $0.map(\.functionName) == ["twice", "sum", "main"] })
    #expect(inner.map(\.line) == [6, 11, 23])
    #expect(inner.allSatisfy { $0.fileName.hasSuffix("Fixtures/DebugInformation/inlined.c") })
  }

  @Test(arguments: ["-g -gz", "-g -gdwarf-5 -gdwarf64", "-g -c"])
  func `is left to the tool where it cannot be read`(options: String) throws {
    let path = try CompiledProgram(options).path
    #expect(DWARFFile(try #require(ELFFile(path: path)), path: path) == nil)
  }

  @Test func `comes from the tool all the same`() throws {
    let plain = try CompiledProgram("-g -O2").path
    let compressed = try CompiledProgram("-g -O2 -gz").path
    let addresses = try #require(ELFFile(path: plain)).codeAddresses(200)
    let nowhere = Symbolizer(toolchain: Toolchain(folders: ["/nowhere"]))
    let symbolizer = Symbolizer()
    for address in addresses {
      let ours = nowhere.frames(inFile: plain, atOffset: address)
      #expect(symbolizer.frames(inFile: compressed, atOffset: address) == ours)
    }
    #expect(nowhere.notes.isEmpty && symbolizer.notes.isEmpty)
    #expect(nowhere.frames(inFile: compressed, atOffset: addresses[0]).isEmpty)
    #expect(!nowhere.notes.isEmpty)
  }
}
