import LockstepExploration
import LockstepReport

/// The lab's page: short, aligned, at most 100 columns wide, as a teacher would project it.
struct LabPage {
  let style: TextStyle

  private static let width = 100
  private static let indent = 2

  var title: String {
    style.applying(.strong, to: "Lockstep lab: threads and critical sections, in every schedule")
      + "\n"
  }

  func heading(_ cell: LabCell) -> String {
    let text = "── \(cell.rawValue) ── \(cell.summary) "
    let rule = String(repeating: "─", count: max(0, Self.width - text.count))
    return "\n" + style.applying(.strong, to: text + rule) + "\n"
  }

  func text(of result: LabResult) -> String {
    let report = result.report
    var blocks: [String] = []
    if let real = report.real { blocks.append(text(of: real)) }
    blocks.append(verdict(result))
    if report.outcomes.entries.count > 1 { blocks.append(outcomes(report)) }
    for details in result.exploration.details.prefix(shownFindings(result)) {
      blocks.append(indented(details.text(style, Self.width - Self.indent)))
    }
    if let listing = result.listing { blocks.append(text(of: listing)) }
    if let timing = report.timing { blocks.append(text(of: timing)) }
    if let rate = report.randomExecutionsPerSecond {
      blocks.append("  at random: \(grouped(Int(rate))) executions a second\n")
    }
    blocks += result.exploration.notes.map { "  note: \($0)\n" }
    return blocks.joined(separator: "")
  }

  /// Of the races, only one is shown in full: the others differ in size alone.
  private func shownFindings(_ result: LabResult) -> Int {
    let isSmallRace = result.unit.cell == .race && result.unit.name != "race 2x3"
    return isSmallRace ? 0 : 1
  }

  private func verdict(_ result: LabResult) -> String {
    let report = result.report
    let mark: String
    switch report.verdict {
    case .pass: mark = style.applying(.good, to: "pass")
    case .fail: mark = style.applying(.alarm, to: "fail")
    case .inconclusive: mark = style.applying(.dim, to: "inconclusive")
    }
    let reasons = report.incompleteBecause.map(\.rawValue).joined(separator: ", ")
    let extent = report.complete ? "every schedule" : "not every schedule"
    let only = report.outcomes.entries.count == 1 ? report.outcomes.entries.first?.outcome : nil
    return "  \(report.unit.padding(to: 14))  \(mark)  \(grouped(report.executions)) executions, "
      + extent + (reasons.isEmpty ? "" : " (\(reasons))") + (only.map { ": \($0)" } ?? "") + "\n"
  }

  private func outcomes(_ report: UnitReport) -> String {
    let areNumbers = report.outcomes.entries.allSatisfy { Int($0.outcome) != nil }
    guard areNumbers else {
      return report.outcomes.entries.map { entry in
        "    \(grouped(entry.count).paddingStart(to: 6)) × \(entry.outcome)\n"
      }.joined()
    }
    let line = report.outcomes.entries.map { "\($0.outcome) in \(grouped($0.count))" }
    return "    totals: " + line.joined(separator: ", ") + " schedules\n"
  }

  private func text(of real: RealRuns) -> String {
    let totals = real.totals.map(grouped)
    let rows = stride(from: 0, to: totals.count, by: 8).map { start in
      "      "
        + totals[start..<min(start + 8, totals.count)].map { $0.paddingStart(to: 10) }
        .joined()
    }
    return "  for real: \(real.runs) runs on two kernel threads, 1,000,000 increments each: "
      + "\(real.right) of \(real.runs) right\n" + rows.joined(separator: "\n") + "\n"
  }

  private func text(
    of listing: (instructions: InstructionListing, overlays: [InstructionListing.Overlay])
  ) -> String {
    "\n  the statement in this build, and the schedule laid over it:\n"
      + indented(
        listing.instructions.text(
          style: style, width: Self.width - 2 * Self.indent, overlays: listing.overlays))
  }

  private func text(of timing: [TimingEntry]) -> String {
    var lines = ["", "  for real, 2 × 1,000,000 increments (the increment is a call of its own):"]
    for entry in timing {
      switch entry {
      case .variant(let variant):
        lines.append(
          "    \(variant.variant.padding(to: 18))\(seconds(variant.medianSeconds)) s   "
            + "(\(seconds(variant.minSeconds)) to \(seconds(variant.maxSeconds)), "
            + "\(variant.runs) runs)   total \(grouped(variant.total))")
      case .ratio(let ratio):
        let notebook = ratio.notebook.map { "   (notebook: \(tenths($0)))" } ?? ""
        lines.append("    \(ratio.ratio.padding(to: 26))\(tenths(ratio.value)) times\(notebook)")
      }
    }
    lines.append("    the notebook's Python: fine 36.97 s, coarse 8.61 s")
    return lines.joined(separator: "\n") + "\n"
  }

  func closing(_ results: [LabResult]) -> String {
    let right = results.count { $0.complaints.isEmpty }
    return "\n"
      + style.applying(
        right == results.count ? .good : .alarm,
        to: "\(right) of \(results.count) units show what they must") + "\n"
  }

  // MARK: Text

  private func indented(_ text: String) -> String {
    "\n"
      + text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n") + "\n"
  }

  private func grouped(_ number: Int) -> String {
    let digits = String(abs(number))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  private func seconds(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  private func tenths(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func paddingStart(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
