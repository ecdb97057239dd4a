import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `A program's file` {
  private func file(_ contents: [UInt8], mode: mode_t = 0o755) throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-file-\(UUID().uuidString)").path
    try Data(contents).write(to: URL(fileURLWithPath: path))
    try #require(chmod(path, mode) == 0)
    return path
  }

  /// The header of an executable for x86-64, with at most one program header: the dynamic linker's.
  private func executable(linker: String?, machine: UInt8 = 62) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64 + 56)
    bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
    bytes[18] = machine
    bytes[32] = 64
    bytes[54] = 56
    bytes[56] = linker == nil ? 0 : 1
    bytes[64] = 3
    bytes[64 + 8] = UInt8(bytes.count)
    return bytes + Array((linker ?? "").utf8) + [0]
  }

  private func obstacle(_ contents: [UInt8], mode: mode_t = 0o755) throws -> ProgramFile.Obstacle? {
    let path = try file(contents, mode: mode)
    defer { unlink(path) }
    return try ProgramFile(named: path, searchPath: "").obstacle
  }

  private let ordinary = "/lib64/ld-linux-x86-64.so.2"

  @Test func `may stand in the way of watching it`() throws {
    #expect(try obstacle(executable(linker: ordinary)) == nil)
    #expect(try obstacle(executable(linker: nil)) == .isStatic)
    #expect(try obstacle(executable(linker: "/lib/ld-musl-x86_64.so.1")) == .hasOtherLibrary)
    #expect(try obstacle(executable(linker: ordinary, machine: 183)) == .isForeign)
    #expect(try obstacle(executable(linker: ordinary), mode: 0o4755) == .changesUser)
    #expect(try obstacle(executable(linker: ordinary), mode: 0o2755) == .changesUser)
  }

  @Test func `is a script's interpreter, where it is a script`() throws {
    let interpreter = try file(executable(linker: nil))
    defer { unlink(interpreter) }
    #expect(try obstacle(Array("#!\(interpreter) -x\necho".utf8)) == .isStatic)
    #expect(try obstacle(Array("#! /bin/sh\necho".utf8)) == nil)
    let script = try file(Array("#!/no/such/interpreter\n".utf8))
    defer { unlink(script) }
    #expect(throws: CommandError.noInterpreter(path: script, interpreter: "/no/such/interpreter")) {
      try ProgramFile(named: script, searchPath: "")
    }
  }

  @Test func `must be one that runs`() throws {
    for contents in [Array("echo".utf8), [], Array("#!\n".utf8)] {
      let path = try file(contents)
      defer { unlink(path) }
      #expect(throws: CommandError.notExecutable(path: path)) {
        try ProgramFile(named: path, searchPath: "")
      }
    }
  }

  @Test func `is found by its name, as by a shell`() throws {
    #expect(try ProgramFile(named: "sh", searchPath: "/nonexistent:/bin").path == "/bin/sh")
    #expect(throws: CommandError.noProgram(name: "sh")) {
      try ProgramFile(named: "sh", searchPath: "/nonexistent")
    }
  }
}
