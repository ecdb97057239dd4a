import Testing

@testable import LockstepCommand

@Suite struct `A compilation in two steps` {
  @Test func `writes a module, and makes the object of it`() throws {
    let steps = try #require(
      TwoStepCompilation([
        "-x", "c", "-include", "a.c", "-O0", "-MD", "-MT", "dependencies", "-MF", "x.d", "-c",
        "x.c",
        "-o", "x.o", "-g",
      ]))
    #expect(steps.module == "x.o.ll")
    #expect(
      steps.toModule == [
        "-x", "c", "-include", "a.c", "-O0", "-g", "-MD", "-MT", "dependencies", "-MF", "x.d", "-S",
        "-emit-llvm", "x.c", "-o", "x.o.ll",
      ])
    #expect(
      steps.toObject == [
        "-x", "c", "-include", "a.c", "-O0", "-g", "-Wno-unused-command-line-argument", "-Xclang",
        "-disable-llvm-passes", "-c", "-x", "ir", "x.o.ll", "-o", "x.o",
      ])
  }

  @Test func `names what the object depends on after the object`() throws {
    let steps = try #require(TwoStepCompilation(["-MMD", "-c", "x.cpp", "-o", "b/x.o"]))
    #expect(steps.toModule.prefix(5) == ["-MMD", "-MF", "b/x.d", "-MT", "b/x.o"])
  }

  @Test(arguments: [
    ["-c", "x.c"], ["-c", "x.c", "y.c", "-o", "x.o"], ["-c", "x.bc", "-o", "x.o"],
  ])
  func `has one source and one object`(arguments: [String]) {
    #expect(TwoStepCompilation(arguments) == nil)
  }
}
