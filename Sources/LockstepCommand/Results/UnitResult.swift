import Foundation

/// What was written about one explored test: as much as the exit code and the summary need.
struct UnitResult: Decodable, Equatable {
  enum Verdict: String, Decodable {
    case pass, fail, inconclusive
  }

  struct Finding: Decodable, Equatable {
    var kind: String
    var summary: String
    var schedule: String?
  }

  var unit: String
  var verdict: Verdict
  var incompleteBecause: [String]
  var findings: [Finding]

  var failed: Bool { verdict == .fail || !findings.isEmpty }

  /// Whether nothing was left unseen.
  ///
  /// - Parameter requiringBudget: whether a budget that ended makes it incomplete.
  /// - Returns: false too for a result that is inconclusive without saying why.
  func isComplete(requiringBudget: Bool) -> Bool {
    let reasons = requiringBudget ? incompleteBecause : incompleteBecause.filter { $0 != "budget" }
    return reasons.isEmpty && !(verdict == .inconclusive && incompleteBecause.isEmpty)
  }
}

extension UnitResult {
  private enum CodingKeys: CodingKey {
    case unit, verdict, incompleteBecause, findings
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    unit = try container.decode(String.self, forKey: .unit)
    verdict = try container.decode(Verdict.self, forKey: .verdict)
    incompleteBecause =
      try container.decodeIfPresent([String].self, forKey: .incompleteBecause) ?? []
    findings = try container.decodeIfPresent([Finding].self, forKey: .findings) ?? []
  }
}
