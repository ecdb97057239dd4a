/// Totals of runs without Lockstep, on kernel threads.
package struct RealRuns: Equatable, Sendable, Codable {
  package var totals: [Int]
  package var right: Int
  package var runs: Int
  package var expected: Int

  package init(totals: [Int], expected: Int) {
    self.totals = totals
    self.right = totals.count { $0 == expected }
    self.runs = totals.count
    self.expected = expected
  }
}

/// One line of a timing: a variant's seconds, or how two variants compare.
package enum TimingEntry: Equatable, Sendable, Codable {
  case variant(TimedVariant)
  case ratio(TimingRatio)

  package init(from decoder: any Decoder) throws {
    if let ratio = try? TimingRatio(from: decoder) {
      self = .ratio(ratio)
    } else {
      self = .variant(try TimedVariant(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .variant(let variant): try variant.encode(to: encoder)
    case .ratio(let ratio): try ratio.encode(to: encoder)
    }
  }
}

/// Seconds that several runs of one variant took.
package struct TimedVariant: Equatable, Sendable, Codable {
  package var variant: String
  package var medianSeconds: Double
  package var minSeconds: Double
  package var maxSeconds: Double
  package var runs: Int
  /// What the counter held in the end.
  package var total: Int

  package init(variant: String, seconds: [Double], total: Int) {
    let sorted = seconds.sorted()
    let upper = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    let lower = sorted.isEmpty ? 0 : sorted[(sorted.count - 1) / 2]
    self.variant = variant
    self.medianSeconds = (lower + upper) / 2
    self.minSeconds = sorted.first ?? 0
    self.maxSeconds = sorted.last ?? 0
    self.runs = sorted.count
    self.total = total
  }
}

/// How many times as long one variant took as another.
package struct TimingRatio: Equatable, Sendable, Codable {
  /// Which to which: `fine to coarse, NSLock`.
  package var ratio: String
  package var value: Double
  /// The same ratio in the notebook, where it has one.
  package var notebook: Double?

  package init(ratio: String, value: Double, notebook: Double? = nil) {
    self.ratio = ratio
    self.value = value
    self.notebook = notebook
  }
}

/// One machine instruction of a statement.
package struct ReportedInstruction: Equatable, Sendable, Codable {
  package var address: String
  package var text: String
  /// `read`, `write`, or nothing, which the JSON writes as null.
  package var access: String?
  package var line: Int?

  package init(address: String, text: String, access: String? = nil, line: Int? = nil) {
    self.address = address
    self.text = text
    self.access = access
    self.line = line
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(address, forKey: .address)
    try object.encode(text, forKey: .text)
    try object.encode(access, forKey: .access)
    try object.encodeIfPresent(line, forKey: .line)
  }
}
