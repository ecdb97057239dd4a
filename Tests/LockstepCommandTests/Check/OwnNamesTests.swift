import Foundation
import LockstepReport
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `Names of the C library that a program has for itself` {
  private static let others = ["read", "write", "mmap", "open", "kill", "getpid", "memcpy"]
    .map { "-D\($0)=own_\($0)" }

  @Test(arguments: ["function", "signal"])
  func `make no difference`(way: String) throws {
    let (own, outcome) = try CheckedProgram.check(
      "names.c", way, compiler: ["-fno-builtin"])
    let (other, _) = try CheckedProgram.check(
      "names.c", way, compiler: ["-fno-builtin", "-Dsignal=own_signal"] + Self.others)
    #expect(own.findings.map(\.kind) == ["lostUpdate"], "\(outcome)")
    #expect(own.executions == other.executions)
    #expect(Self.lines(own) == Self.lines(other))
    #expect(!Self.lines(own).isEmpty)
  }

  @Test func `are replayed`() throws {
    let (unit, outcome) = try CheckedProgram.check(
      "names.c", "function", compiler: ["-fno-builtin"])
    let token = try #require(unit.findings.first?.schedule, "\(outcome)")
    let program = try CheckedProgram.path("names.c", options: ["-w", "-fno-builtin"])
    let replay = try CheckedProgram.shell("$LOCKSTEP replay \(token) \(program) function")
    #expect(replay.code == 1)
    #expect(replay.output.contains("Lost update: read #1 and read #2"), "\(replay)")
  }

  @Test func `are the program's alone, but not its allocator, nor what it has copies of`() throws {
    let page = try CheckedProgram.shell(
      """
      cat > own.c <<END
      #include <stdio.h>
      #include <unistd.h>
      extern char **environ;
      int getpid() { return 1; }
      void *malloc(unsigned long size) { return 0; }
      #ifdef WHOLE
      void free(void *block) {}
      #endif
      int main() { return !environ + (stderr == stdout); }
      END
      for whole in WHOLE PART; do
        $LOCKSTEP build -w -fno-builtin -D$whole own.c -o $whole
        readelf -W --dyn-syms $whole | awk -v way=$whole '{ print way, $6, $8 }'
      done
      """)
    let hidden = page.output.split(separator: "\n").filter { $0.contains(" HIDDEN ") }.sorted()
    let expected = ["PART HIDDEN getpid", "PART HIDDEN malloc", "WHOLE HIDDEN getpid"]
    #expect(hidden.map(String.init) == expected, "\(page)")
    #expect(page.output.contains("WHOLE DEFAULT malloc\n"))
    #expect(page.output.contains("WHOLE DEFAULT environ@"))
  }

  @Test func `are its own in packages, too`() throws {
    let page = try CheckedProgram.shell(
      """
      mkdir -p Sources/own/include && cd Sources/own && touch include/own.h
      cp \(CheckedProgram.folder)/names.c . && cd ../..
      cat > Package.swift <<END
      // swift-tools-version: 6.0
      import PackageDescription
      let package = Package(
        name: "own",
        targets: [
          .executableTarget(name: "own", cSettings: [.unsafeFlags(["-w", "-fno-builtin"])])
        ])
      END
      $LOCKSTEP build >&2 && $LOCKSTEP check --json .build/lockstep/debug/own function
      """)
    let unit = try #require(try JSONUnit.units(page.output).first, "\(page)")
    #expect(unit.findings.map(\.kind) == ["lostUpdate"])
  }

  @Test func `are for everybody where they are the runtime's`() throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: copy) }
    // A test bundle has the runtime in itself, as this one has.
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(), to: copy)
    let before = try Data(contentsOf: copy)
    let defined = try #require(ELFDynamicSymbols(path: copy.path)?.defined)
    #expect(defined.contains { $0.name == "pthread_create" })
    try OwnNames.hide(in: copy.path)
    #expect(try Data(contentsOf: copy) == before)
  }

  private static func lines(_ unit: JSONUnit) -> [Int?] {
    unit.findings.flatMap { $0.events.map(\.line) }
  }
}
