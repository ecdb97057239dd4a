import Foundation

/// Explored tests as a file that build servers read.
///
/// The elements and attributes that all of them know: `testsuite` with its counts, `testcase`, `failure`,
/// `skipped` (what was not explored in full is no failure, and no pass either).
struct JUnitReport {
  let units: [UnitResult]

  /// The XML document.
  var text: String {
    let failures = units.count(where: \.failed)
    let skipped = units.count { !$0.failed && !$0.failedAsExpected && $0.verdict != .pass }
    let cases = units.map(Self.testCase).joined()
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
        <testsuite name="lockstep" tests="\(units.count)" failures="\(failures)" \
      errors="0" skipped="\(skipped)">
      \(cases)  </testsuite>
      </testsuites>

      """
  }

  private static func testCase(_ unit: UnitResult) -> String {
    let name = escaped(unit.unit)
    let content: String
    if unit.failed {
      content = unit.findings.map { finding in
        let token = finding.schedule.map { $0.isEmpty ? "" : "schedule: \($0)" } ?? ""
        return """
                <failure type="\(escaped(finding.kind))" message="\(escaped(finding.summary))">\
          \(escaped(token))</failure>

          """
      }.joined()
    } else if unit.verdict != .pass, !unit.failedAsExpected {
      let reasons = unit.incompleteBecause.joined(separator: ", ")
      let message =
        unit.isSequential ? "no threads: nothing to explore" : "inconclusive: \(reasons)"
      content = "      <skipped message=\"\(escaped(message))\"/>\n"
    } else {
      return "    <testcase classname=\"lockstep\" name=\"\(name)\"/>\n"
    }
    return """
          <testcase classname="lockstep" name="\(name)">
      \(content)    </testcase>

      """
  }

  /// Text within quotes or between tags; characters that XML 1.0 does not know become spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "\t"
      case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// - Throws: `CommandError` when the file cannot be written.
  func write(to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError.unwritableReport(path: path, reason: error.localizedDescription)
    }
  }
}
