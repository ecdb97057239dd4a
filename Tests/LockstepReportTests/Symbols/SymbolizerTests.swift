import Foundation
import Testing

@testable import LockstepReport

struct `The symbolizer` {
  /// The return addresses of this call and of its callers.
  @inline(never)
  private func callStack() -> [UInt] {
    Thread.callStackReturnAddresses.map { $0.uintValue }
  }

  @Test func `finds function, file and line`() throws {
    let addresses = callStack()
    let line = #line - 1
    let symbolizer = Symbolizer()
    symbolizer.prepare(returnAddresses: addresses)
    #expect(symbolizer.notes.isEmpty)
    let frames = addresses.flatMap { symbolizer.frames(atReturnAddress: $0) }
    let frame = try #require(frames.first { $0.location?.line == line })
    #expect(frame.location?.fileName == "SymbolizerTests.swift")
    #expect(frame.isUserCode)
    #expect(frame.function == "`The symbolizer`.`finds function, file and line`()")
    let library = frames.filter { $0.location?.file.contains("/lib/swift/") == true }
    #expect(library.allSatisfy { !$0.isUserCode })
  }

  @Test func `needs no tool for what can be read, and gives the same frames`() {
    let here: @convention(c) () -> Int32 = { 1 }
    let images = ImageSymbols()
    let own = images.image(of: UInt(bitPattern: unsafeBitCast(here, to: UnsafeRawPointer.self)))
    let addresses = callStack().filter { images.image(of: $0) == own }
    let symbolizer = Symbolizer(toolchain: Toolchain(folders: ["/nowhere"]))
    let asking = Symbolizer(readsFiles: false)
    let frames = addresses.map { symbolizer.frames(atReturnAddress: $0) }
    #expect(frames == addresses.map { asking.frames(atReturnAddress: $0) })
    #expect(frames.contains { $0.contains(where: \.isUserCode) })
    #expect(symbolizer.notes.isEmpty)
  }

  @Test func `answers from its cache in microseconds`() {
    let addresses = callStack()
    let symbolizer = Symbolizer()
    symbolizer.prepare(returnAddresses: addresses)
    let time = ContinuousClock().measure {
      for _ in 0..<100 { symbolizer.prepare(returnAddresses: addresses) }
    }
    #expect(time < .milliseconds(500))
  }

  @Test func `has only the symbol without the tool, and says so`() {
    let symbolizer = Symbolizer(
      toolchain: Toolchain(folders: ["/nowhere"]), readsFiles: false)
    let frames = callStack().flatMap { symbolizer.frames(atReturnAddress: $0) }
    #expect(!frames.isEmpty)
    #expect(frames.allSatisfy { $0.location == nil })
    #expect(frames.contains { $0.function == "`The symbolizer`.callStack()" })
    #expect(
      symbolizer.notes == [
        "no 'llvm-symbolizer' beside 'swift' or on the path; lines are left out"
      ])
  }

  @Test(arguments: ["exec sleep 60", "exit 3", "echo nonsense; echo", "kill -KILL $$"])
  func `gives up on a tool that hangs, ends or answers something else`(script: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tool = folder.appendingPathComponent("llvm-symbolizer").path
    try "#!/bin/sh\n\(script)\n".write(toFile: tool, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
    let symbolizer = Symbolizer(
      toolchain: Toolchain(folders: [folder.path]), seconds: 1, readsFiles: false)
    let time = ContinuousClock().measure { symbolizer.prepare(returnAddresses: callStack()) }
    #expect(time < .seconds(20))
    #expect(symbolizer.notes == ["'\(tool)' gave no answer; lines are left out"])
  }

  @Test func `knows nothing of junk`() {
    let frames = Symbolizer().frames(atInstructions: [0, 1, 4096, .max, 1 << 46])
    #expect(frames == [[], [], [], [], []])
  }

  @Test func `reads what the tool prints, and nothing else`() throws {
    let answers = try #require(
      SymbolizerOutput.parse("inner\n/src/a:b.swift:3:7\nouter\n/src/c.swift:9:0\n\n??\n??:0:0\n\n")
    )
    #expect(answers.map { $0.map(\.functionName) } == [["inner", "outer"], [""]])
    #expect(answers[0].map(\.fileName) == ["/src/a:b.swift", "/src/c.swift"])
    #expect(answers[0].map(\.line) == [3, 9] && answers[0].map(\.column) == [7, 0])
    for text in ["inner\n\n", "inner\n/src/a.swift\n\n", "inner\n/src/a.swift:1:2\n"] {
      #expect(SymbolizerOutput.parse(text) == nil, "\(text)")
    }
  }

  @Test func `skips what libraries inlined`() {
    let inlined = SourceFrame(location: nil, function: "Array.append(_:)", isUserCode: false)
    let user = SourceFrame(
      location: .init(file: "/src/Bank.swift", line: 3), function: "f()", isUserCode: true)
    #expect([inlined, user].firstUserFrame == user)
    #expect([inlined].firstUserFrame == nil)
  }

  @Test func `finds the tools of the toolchain in use`() throws {
    let tool = try #require(Toolchain.current().symbolizer)
    #expect(tool.hasSuffix("llvm-symbolizer"))
    // Without any path, the folder of libswiftCore leads to it.
    #expect(Toolchain.current(path: "/nowhere").symbolizer != nil)
  }
}

struct `The images of a process` {
  @Test func `are read from its maps`() throws {
    let maps = """
      1000-2000 r--p 00000000 08:01 11 /bin/app with spaces
      2000-3000 r-xp 00001000 08:01 11 /bin/app with spaces
      3000-4000 rw-p 00002000 08:01 11 /bin/app with spaces
      4000-5000 rw-p 00000000 00:00 0
      9000-a000 rw-p 00000000 00:00 0 [heap]
      """
    let file = ByteBlock(
      copying: Array(try Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"))))
    let header = try #require(ELFHeader(file))
    let images = LoadedImages(maps: maps) { $0 == 0x1000 ? header : nil }
    #expect(images.images == [.init(path: "/bin/app with spaces", bias: 0x1000)])
    #expect(images.image(of: 0x4FFF) == images.images.first)
    #expect(images.image(of: 0x9000) == nil)
    #expect(images.mapping(of: 0x2000)?.isExecutable == true)
    #expect(images.mapping(of: 0x5000) == nil)
    #expect(images.mapping(of: 0) == nil)
  }

  @Test func `include this executable and its symbols`() throws {
    let symbols = ImageSymbols()
    let function: @convention(c) () -> Int32 = { 1 }
    let address = UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self))
    let symbol = try #require(symbols.symbol(at: address))
    #expect(symbol.isFunction)
    #expect(symbol.range.lowerBound == address)
  }
}
