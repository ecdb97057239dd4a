import Testing

@testable import LockstepReport

/// A generator whose numbers are the same each time: SplitMix64.
private struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

struct `Debug information that is corrupt` {
  @Test(.timeLimit(.minutes(3)), arguments: ["-g -gdwarf-4 -O2", "-g -gdwarf-5 -O2"])
  func `ends with an answer or none`(options: String) throws {
    let path = try CompiledProgram(options).path
    let original = try #require(ELFFile(path: path))
    let sections = original.sections.filter { original.name(of: $0)?.hasPrefix(".debug_") == true }
    let addresses = try original.codeAddresses(60)
    let bytes = Array(original.block.bytes)
    var numbers = Numbers(state: 7)
    var answered = 0
    let copies = 2000
    for _ in 0..<copies {
      var copy = bytes
      for _ in 0..<Int.random(in: 1...6, using: &numbers) {
        guard let section = sections.randomElement(using: &numbers),
          let place = section.bytes.randomElement(using: &numbers)
        else { continue }
        // Ends of lists, largest numbers, and any others.
        let any = UInt8(truncatingIfNeeded: numbers.next())
        copy[place] = [0, 0xFF, 0x7F, 0x80, any].randomElement(using: &numbers) ?? 0
      }
      if answers(copy, addresses) { answered += 1 }
    }
    #expect(answered > 0 && answered < copies)
  }

  @Test func `ends where the file is cut`() throws {
    let path = try CompiledProgram("-g -gdwarf-5 -O2").path
    let original = try #require(ELFFile(path: path))
    let addresses = try original.codeAddresses(20)
    let bytes = Array(original.block.bytes)
    // The table of sections is at the end: it is gone, and then more.
    for end in stride(from: 64, to: bytes.count, by: 97) {
      #expect(!answersWithLines(Array(bytes[..<end]), addresses))
    }
  }

  /// The size of a section is less than what is in it.
  @Test func `ends where a section is cut`() throws {
    let path = try CompiledProgram("-g -gdwarf-5 -O2").path
    let original = try #require(ELFFile(path: path))
    let addresses = try original.codeAddresses(20)
    let bytes = Array(original.block.bytes)
    for (index, section) in original.sections.enumerated()
    where original.name(of: section)?.hasPrefix(".debug_") == true {
      let place = original.header.sectionOffset + index * original.header.sectionSize + 32
      for size in stride(from: 0, to: section.bytes.count, by: max(1, section.bytes.count / 40)) {
        var copy = bytes
        for byte in 0..<8 { copy[place + byte] = UInt8(truncatingIfNeeded: size >> (8 * byte)) }
        _ = answers(copy, addresses)
      }
    }
  }

  /// Whether there was an answer, right or wrong.
  private func answers(_ bytes: [UInt8], _ addresses: [UInt]) -> Bool {
    guard let elf = ELFFile(ByteBlock(copying: bytes)), let file = DWARFFile(elf, path: "/nowhere")
    else { return false }
    return file.symbols(at: addresses) != nil
  }

  private func answersWithLines(_ bytes: [UInt8], _ addresses: [UInt]) -> Bool {
    guard let elf = ELFFile(ByteBlock(copying: bytes)), let file = DWARFFile(elf, path: "/nowhere")
    else { return false }
    return file.symbols(at: addresses)?.contains { $0.contains { $0.line > 0 } } == true
  }
}
