import Testing

@testable import LockstepCommand

@Suite struct `clang as SwiftPM calls it` {
  private func call(_ arguments: [String]) -> ClangCompilation {
    ClangCompilation(
      arguments: arguments,
      rules: InstrumentationRules(realCompilers: "/bin", barePackages: ["/checkouts/collections"]))
  }

  private func rewrite(_ arguments: [String]) -> [String] { call(arguments).rewritten }

  private func steps(_ arguments: [String]) -> TwoStepCompilation? { call(arguments).twoSteps }

  private func compilation(of target: String, source: String) -> [String] {
    ["-O0", "-fPIC", "-c", source, "-o", "/app/.build/lockstep/debug/\(target).build/b.c.o"]
  }

  @Test func `a C target of the person's is instrumented at compile time`() {
    let arguments = compilation(of: "CBank", source: "/app/Sources/CBank/b.c")
    #expect(
      rewrite(arguments)
        == arguments + [
          "-fsanitize=thread", "-mllvm", "-tsan-instrument-read-before-write", "-fno-vectorize",
          "-fno-slp-vectorize", "-U_FORTIFY_SOURCE",
        ])
  }

  @Test func `and in two steps, between which calls can be added`() {
    #expect(steps(compilation(of: "CBank", source: "/app/Sources/CBank/b.c")) != nil)
    #expect(steps(compilation(of: "CBank", source: "/app/Sources/CBank/switch.S")) == nil)
    #expect(steps(compilation(of: "CLockstepRuntime", source: "/ls/Sources/C/trace.c")) == nil)
    #expect(steps(["a.o", "-o", "/b/CBank.build/CBank"]) == nil)
  }

  @Test func `the runtime is optimised and bare`() {
    let arguments = compilation(of: "CLockstepRuntime", source: "/ls/Sources/C/trace.c")
    #expect(rewrite(arguments) == arguments + ["-O2"])
  }

  @Test func `a package that only Lockstep needs is bare`() {
    let arguments = compilation(of: "CShims", source: "/checkouts/collections/Sources/shims.c")
    #expect(rewrite(arguments) == arguments + ["-O2"])
  }

  @Test func `assembly is left alone`() {
    let arguments = compilation(of: "CBank", source: "/app/Sources/CBank/switch.S")
    #expect(rewrite(arguments) == arguments)
  }

  @Test(arguments: [["-v"], ["-dumpmachine"], ["a.o", "-o", "/b/CBank.build/CBank"]])
  func `what compiles nothing is left alone`(arguments: [String]) {
    #expect(rewrite(arguments) == arguments)
  }
}
