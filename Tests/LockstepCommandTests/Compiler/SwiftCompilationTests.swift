import Testing

@testable import LockstepCommand

@Suite struct `swiftc as SwiftPM calls it` {
  private let rules = InstrumentationRules(
    realCompilers: "/toolchain/usr/bin",
    barePackages: ["/app/.build/lockstep/checkouts/swift-collections"],
    runtimeFolder: "/support/lib", buildMark: "/support/build-mark.o",
    startMark: "/support/start-mark.o")

  private let runtime = [
    "-L/support/lib", "-lLockstepRuntime", "-Xlinker", "-rpath", "-Xlinker", "/support/lib",
  ]

  private let instrumentation = [
    "-Xfrontend", "-sanitize=thread", "-Xllvm", "-tsan-instrument-read-before-write",
    "-disable-cmo", "-Xllvm", "-force-attribute=sanitize_thread", "-Xllvm",
    "-sil-disable-pass=access-enforcement-wmo", "-Xllvm",
    "-sil-disable-pass=access-enforcement-opts",
  ]

  private func rewrite(
    _ arguments: [String], responseFiles: [String: [String]] = [:]
  ) -> [String] {
    SwiftCompilation(
      arguments: arguments, rules: rules, readResponseFile: { responseFiles[$0] ?? [] }
    ).rewritten
  }

  private func compilation(of module: String, folder: String? = nil) -> [String] {
    [
      "-module-name", module, "-emit-module", "-emit-module-path",
      "/app/.build/lockstep/debug/Modules/\(module).swiftmodule", "-c",
      "@\(folder ?? "/app/.build/lockstep/debug/\(module).build")/sources", "-Onone",
      "-enable-testing",
    ]
  }

  @Test(arguments: ["Bank", "BankTests", "SwiftSyntax", "Lab", "LockstepProbe", "LockstepTests"])
  func `a module of the person's is instrumented`(module: String) {
    let arguments = compilation(of: module)
    #expect(rewrite(arguments) == arguments + instrumentation)
  }

  @Test func `the driver is never told of a sanitizer, and links none`() {
    let rewritten = rewrite(compilation(of: "Bank"))
    for (index, argument) in rewritten.enumerated() where argument.hasPrefix("-sanitize") {
      #expect(rewritten[index - 1] == "-Xfrontend")
    }
  }

  @Test func `what the package itself asks for is not given twice`() {
    let arguments = compilation(of: "Lab") + instrumentation
    #expect(rewrite(arguments) == arguments)
    let given = ["-Xllvm", "-tsan-instrument-read-before-write"]
    let some = compilation(of: "Lab") + given
    #expect(rewrite(some) == some + instrumentation.prefix(2) + instrumentation.dropFirst(4))
  }

  @Test(arguments: ["LockstepEngine", "LockstepReport", "LockstepCommand", "LabPlain"])
  func `a module of Lockstep's is optimised and bare`(module: String) {
    let arguments = compilation(of: module)
    #expect(rewrite(arguments) == arguments + ["-O"])
  }

  @Test(arguments: ["Lockstep", "LockstepExploration"])
  func `what people import is not inlined into their modules`(module: String) {
    let arguments = compilation(of: module)
    #expect(rewrite(arguments) == arguments + ["-O", "-disable-cmo"])
  }

  @Test func `a release build keeps its own optimisation`() {
    let arguments = compilation(of: "LockstepEngine").map { $0 == "-Onone" ? "-O" : $0 }
    #expect(rewrite(arguments) == arguments)
  }

  @Test func `a package that only Lockstep needs is told by where its sources lie`() {
    let arguments = compilation(of: "DequeModule")
    let list = "/app/.build/lockstep/debug/DequeModule.build/sources"
    let ours = "/app/.build/lockstep/checkouts/swift-collections/Sources/DequeModule/Deque.swift"
    let theirs = "/app/Sources/DequeModule/Deque.swift"
    #expect(rewrite(arguments, responseFiles: [list: [ours]]) == arguments + ["-O"])
    #expect(rewrite(arguments, responseFiles: [list: [theirs]]) == arguments + instrumentation)
  }

  @Test func `a folder whose name only begins like a bare package's is the person's`() {
    let arguments = compilation(of: "Mine")
    let list = "/app/.build/lockstep/debug/Mine.build/sources"
    let file = "/app/.build/lockstep/checkouts/swift-collections-benchmark/Sources/Mine/a.swift"
    #expect(rewrite(arguments, responseFiles: [list: [file]]) == arguments + instrumentation)
  }

  @Test func `a tool of the host is left alone`() {
    let arguments = compilation(of: "GenTool", folder: "/app/.build/debug/GenTool-tool.build")
    #expect(rewrite(arguments) == arguments)
    let link = [
      "-o", "/app/.build/debug/GenTool-tool", "-module-name", "GenTool", "-emit-executable",
      "@/app/.build/debug/GenTool-tool.product/Objects.LinkFileList",
    ]
    #expect(rewrite(link) == link)
  }

  @Test(arguments: [
    ["-print-target-info"], ["-version"], ["-h"],
    ["-modulewrap", "/m/Bank.swiftmodule", "-o", "/m/Bank.swiftmodule.o"],
    [
      "-module-name", "main", "-package-description-version", "6.1.0", "Package.swift",
      "-lPackageDescription", "-o", "/tmp/manifest",
    ],
    [
      "-module-name", "Gen", "plugin.swift", "-lPackagePlugin", "-emit-executable", "-o",
      "/app/.build/plugins/cache/Gen",
    ],
  ])
  func `everything else is left alone`(arguments: [String]) {
    #expect(rewrite(arguments) == arguments)
  }

  // MARK: Links

  private let link = [
    "-L", "/b", "-o", "/b/Tool", "-module-name", "Tool", "-emit-executable",
    "@/b/Tool.product/Objects.LinkFileList",
  ]

  @Test func `an executable without the runtime is linked to its library`() {
    #expect(rewrite(link) == link + ["/support/build-mark.o"] + runtime)
  }

  @Test func `an executable with the runtime gets no other that could hide a gap`() {
    let objects = ["/b/CLockstepRuntime.build/trace.c.o", "/b/Tool.build/main.swift.o"]
    let files = ["/b/Tool.product/Objects.LinkFileList": objects]
    #expect(rewrite(link, responseFiles: files) == link + ["/support/build-mark.o"])
  }

  @Test func `tests get the mark that they began`() {
    let tests = link.map { $0 == "/b/Tool" ? "/b/appPackageTests.xctest" : $0 }
    let rewritten = rewrite(tests)
    #expect(rewritten == tests + ["/support/start-mark.o"] + runtime)
  }

  @Test func `a library leaves the runtime to the program that loads it`() {
    let library = link.map { $0 == "-emit-executable" ? "-emit-library" : $0 }
    #expect(rewrite(library) == library)
  }

  @Test func `objects without instrumentation are linked behind the others`() {
    let objects = ["Lockstep", "Bank", "CLockstepRuntime", "BankTests"].map {
      "/app/.build/lockstep/debug/\($0).build/\($0).swift.o"
    }
    var last: [Bool] = []
    let link = SwiftCompilation(
      arguments: ["-emit-executable", "-o", "/app/.build/lockstep/debug/Tests.xctest", "@list"],
      rules: rules, readResponseFile: { _ in objects },
      reorderResponseFile: { file, isLast in
        last = objects.map(isLast)
        return file + ".ordered"
      })
    #expect(link.rewritten.contains("@list.ordered"))
    #expect(last == [true, false, true, false])
  }
}
