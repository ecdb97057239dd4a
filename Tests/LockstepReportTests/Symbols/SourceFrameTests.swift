import Testing

@testable import LockstepReport

@Suite struct `Frames of a program` {
  private static let absent = SourceFrame(
    location: SourceLocation(file: "/gone/a.c", line: 1, column: nil), function: "work",
    isUserCode: false, isOfAbsentFile: true)
  private static let present = SourceFrame(
    location: SourceLocation(file: "/here/b.c", line: 2, column: nil), function: "call",
    isUserCode: true)
  private static let header = SourceFrame(
    location: SourceLocation(file: "/usr/include/c.h", line: 3, column: nil), function: "inlined",
    isUserCode: false)

  @Test func `are in files that are not there where there are no others`() {
    #expect([Self.header, Self.absent].firstUserFrame == Self.absent)
    #expect([Self.header].firstUserFrame == nil)
  }

  @Test func `are in files that are there before all`() {
    #expect([Self.absent, Self.header, Self.present].firstUserFrame == Self.present)
  }
}
