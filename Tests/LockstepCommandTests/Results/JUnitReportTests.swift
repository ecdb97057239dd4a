import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `JUnit XML` {
  private let units = [
    UnitResult(unit: "right", verdict: .pass, incompleteBecause: [], findings: []),
    UnitResult(
      unit: "a \"race\" <1>", verdict: .fail, incompleteBecause: [],
      findings: [.init(kind: "lostUpdate", summary: "a & b\nlost", schedule: "L1-x")]),
    UnitResult(unit: "long", verdict: .inconclusive, incompleteBecause: ["budget"], findings: []),
  ]

  @Test func `has a case for each test, with its findings and what is open`() {
    #expect(
      JUnitReport(units: units).text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="lockstep" tests="3" failures="1" errors="0" skipped="1">
            <testcase classname="lockstep" name="right"/>
            <testcase classname="lockstep" name="a &quot;race&quot; &lt;1&gt;">
              <failure type="lostUpdate" message="a &amp; b&#10;lost">schedule: L1-x</failure>
            </testcase>
            <testcase classname="lockstep" name="long">
              <skipped message="inconclusive: budget"/>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func `is well-formed whatever the names are`() {
    #expect(JUnitReport.escaped("\u{1}\u{B}<\u{FFFF}é") == "  &lt; é")
  }

  @Test func `that cannot be written is an error`() {
    #expect(throws: CommandError.self) {
      try JUnitReport(units: units).write(to: "/proc/none/report.xml")
    }
  }
}
