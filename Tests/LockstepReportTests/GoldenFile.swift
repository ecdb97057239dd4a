import Foundation
import Testing

/// Compares a text with the file of that name in `Golden`.
///
/// With `LOCKSTEP_REFRESH_GOLDEN` set, the file is written instead, and the test fails so that a
/// refresh is never taken for a pass.
func expectGolden(
  _ text: String, _ name: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden").appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["LOCKSTEP_REFRESH_GOLDEN"] != nil {
    try text.write(to: file, atomically: true, encoding: .utf8)
    Issue.record("refreshed '\(name)'", sourceLocation: sourceLocation)
    return
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  #expect(text == expected, sourceLocation: sourceLocation)
}
