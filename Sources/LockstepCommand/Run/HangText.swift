import Foundation

/// A hang as text for people.
struct HangText {
  let report: HangReport
  let unit: RunUnit

  var text: String {
    var lines = ["lockstep: \(report.summary)", ""]
    for thread in report.threads {
      lines.append("  \(thread.name)\(thread.id == 0 ? "" : " (\(thread.id))")")
      lines.append("    \(thread.doing)")
      lines += thread.stack.prefix(12).map { "      \($0.text)" }
      lines += thread.holds.map { held in
        "    holds \(held.name)\(held.place.map { ", taken in \($0.text)" } ?? "")"
      }
    }
    lines.append("")
    lines.append(
      "  \(report.isCertain ? "certain" : "likely"): \(reason), in process \(report.process)")
    lines += report.notes.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }

  private var reason: String {
    guard report.isCertain else { return "nothing moved for a second" }
    switch report.kind {
    case .leakedLock: return "who alone could release the lock is gone"
    case .deadlock, .hang: return "none of these threads can go on before another of them does"
    }
  }
}
