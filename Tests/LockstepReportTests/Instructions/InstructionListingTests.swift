import Foundation
import Testing

@testable import LockstepReport

private final class Sum {
  var total = 0

  /// The return addresses of the call in here.
  @inline(never)
  func add(_ i: Int) -> [UInt] {
    total &+= i
    return Thread.callStackReturnAddresses.map(\.uintValue)
  }
}

struct `A listing of instructions` {
  /// `total += i` in a method, instrumented as Lockstep has it, in one of the two builds.
  private func listing(_ build: String) throws -> InstructionListing {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden/objdump-\(build).txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    return InstructionListing(
      function: "Counter.inc(_:)", instructions: Disassembly.instructions(text, bias: 0x5000_0000))
  }

  @Test(arguments: ["debug", "release"])
  func `marks the accesses that the instrumentation announces`(build: String) throws {
    let listing = try listing(build)
    let accesses = listing.instructions.filter { $0.access != nil }
    #expect(accesses.map(\.access) == [.read, .write])
    #expect(accesses[0].text.hasPrefix("add 0x10(%r13),%e"))
    #expect(listing.instructions.compactMap(\.announces) == [.read, .write])
    try expectGolden(listing.text(), "instructions-\(build).txt")
  }

  @Test func `has another thread laid between two instructions`() throws {
    let listing = try listing("release")
    let write = try #require(listing.instructions.first { $0.announces == .write })
    let overlay = try #require(
      InstructionListing.Overlay(
        in: Findings.lostUpdate(), after: 0, returnAddress: write.address + 5))
    let text = listing.text(overlays: [overlay])
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    try expectGolden(text, "overlay.txt")
    try expectGolden(listing.text(style: .ansi, overlays: [overlay]), "overlay-ansi.txt")
  }

  @Test func `stays within its width`() throws {
    for width in [50, 60, 100] {
      let text = try listing("debug").text(width: width)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    }
  }

  @Test func `knows atomic operations as accesses themselves`() {
    let text = """
         10:\tcall   20 <__tsan_atomic64_load>
         15:\tcall   20 <__tsan_atomic64_fetch_add@plt>
         1a:\tcall   20 <__tsan_atomic8_store>
         1f:\tcall   20 <__tsan_atomic_thread_fence>
         24:\tcall   *0x108(%r15)
      """
    let instructions = Disassembly.instructions(text, bias: 0)
    #expect(instructions.map(\.access) == [.read, .readAndWrite, .write, nil, nil])
    #expect(instructions[1].reported.access == "write")
    #expect(instructions[4].text == "call *0x108(%r15)")
  }

  @Test func `is that of a function of this process`() throws {
    let symbolizer = Symbolizer()
    let addresses = Sum().add(1)
    let address = try #require(
      addresses.first {
        symbolizer.frames(atReturnAddress: $0).firstUserFrame?.function == "Sum.add(_:)"
      })
    let listing = InstructionListing.function(at: address - 1, symbolizer: symbolizer)
    #expect(listing.function == "Sum.add(_:)")
    #expect(listing.notes.isEmpty)
    #expect(listing.instructions.contains { $0.text.hasPrefix("ret") })
    #expect(listing.instructions.allSatisfy { $0.access == nil })

    let statement = listing.statement(file: #filePath, line: 12)
    #expect(!statement.instructions.isEmpty)
    #expect(statement.instructions.count < listing.instructions.count)
    #expect(statement.instructions.contains { $0.text.hasPrefix("add") })
    #expect(statement.reported.contains { $0.line == 12 })
    let other = listing.statement(atReturnAddress: address)
    #expect(other.instructions.contains { $0.location?.line == 13 })
  }

  @Test func `says what is missing`() {
    let symbolizer = Symbolizer()
    let addresses = Sum().add(1)
    let none = InstructionListing.function(at: 8, symbolizer: symbolizer)
    #expect(none.notes == ["no function is known at 0x8"])
    let toolless = InstructionListing.function(
      at: addresses[1], symbolizer: symbolizer, toolchain: Toolchain(folders: ["/nowhere"]))
    #expect(
      toolless.notes == [
        "no 'objdump' beside 'swift' or on the path; install binutils for instructions"
      ])
    #expect(toolless.text() == "note: \(toolless.notes[0])\n")
  }
}
