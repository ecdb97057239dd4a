import Testing

@testable import LockstepCommand

@Suite struct `The name that we are called by` {
  @Test(arguments: ["/f/bin/swiftc", "/f/bin/clang", "clang++"])
  func `a compiler's name makes us a compiler`(program: String) {
    #expect(CompilerShim(commandLine: [program, "-version"]) != nil)
  }

  @Test(arguments: ["lockstep", "/usr/local/bin/lockstep", "/swiftc/lockstep", ""])
  func `our own name does not`(program: String) {
    #expect(CompilerShim(commandLine: [program]) == nil)
  }

  @Test func `no name at all does not`() {
    #expect(CompilerShim(commandLine: []) == nil)
  }
}
