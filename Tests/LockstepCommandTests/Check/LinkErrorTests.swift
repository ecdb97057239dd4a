import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `What a linker says` {
  @Test func `of a function that is nowhere has its name and line`() throws {
    let page = try CheckedProgram.shell(
      """
      printf 'int nowhere(void);\\nint main(void) {\\n  return nowhere();\\n}\\n' > program.c
      $LOCKSTEP build program.c
      """)
    #expect(page.code == 2)
    #expect(page.errors.contains("program.c:3"), "\(page)")
    #expect(page.errors.contains("undefined reference to 'nowhere'"))
  }
}
