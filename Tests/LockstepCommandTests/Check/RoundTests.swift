import Testing

@testable import LockstepCommand

@Suite struct `Loops that come to an end unseen` {
  @Test(arguments: ["tokens", "tries", "key", "recursive", "random"])
  func `are no livelock`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("rounds.c", what)
    #expect(unit.verdict == "pass", "\(outcome)")
    #expect(unit.findings.isEmpty, "\(outcome)")
  }

  /// What they end by is changed by code that is not instrumented.
  @Test(arguments: ["number", "place", "errno", "rand", "rand_r"])
  func `are no livelock where a library ends them`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("rounds.c", what, options: "--budget 3")
    #expect(unit.findings.isEmpty, "\(outcome)")
  }

  /// There are so many places for calls to go through.
  @Test func `may be more than can be noticed, which is said`() throws {
    let page = try CheckedProgram.shell(
      """
      for number in $(seq 4200); do echo "void f$number(void) {}"; done > many.c
      $LOCKSTEP build -fPIC -shared many.c -o libmany.so
      { for number in $(seq 4200); do echo "void f$number(void);"; done
        echo 'int main(int argc, char **argv) { if (argc > 5) {'
        for number in $(seq 4200); do echo "f$number();"; done; echo '} }'; } > calls.c
      $LOCKSTEP build calls.c -L. -lmany -Wl,-rpath,. -o calls && $LOCKSTEP check --json ./calls
      """)
    let unit = try #require(try JSONUnit.units(page.output).first, "\(page)")
    let name = "calls of more functions of libraries than can be noticed"
    #expect(unit.uncontrolled == [name], "\(page)")
  }

  @Test func `are a livelock where nothing does`() throws {
    let (unit, outcome) = try CheckedProgram.check("rounds.c", "never", options: "--budget 6")
    #expect(unit.findings.map(\.kind) == ["livelock"], "\(outcome)")
    let page = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("rounds.c"))
      $LOCKSTEP check --budget 6 --schedules here $program never > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file $program never || exit $?; done
      """)
    #expect(page.code == 1, "\(page)")
    #expect(page.output.contains("the same execution 10 of 10 times"), "\(page.output)")
  }
}
