/// How many executions gave each outcome: numbers in ascending order first, then other texts.
package struct OutcomeCounts: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package var outcome: String
    package var count: Int
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  /// Counts one outcome more, or `count` of it.
  package mutating func add(_ outcome: String, count: Int = 1) {
    let place = entries.firstIndex { !Self.precedes($0.outcome, outcome) } ?? entries.count
    guard place < entries.count, entries[place].outcome == outcome else {
      entries.insert(Entry(outcome: outcome, count: count), at: place)
      return
    }
    entries[place].count += count
  }

  package subscript(outcome: String) -> Int {
    entries.first { $0.outcome == outcome }?.count ?? 0
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    switch (Int(left), Int(right)) {
    case (let left?, let right?) where left != right: left < right
    case (nil, .some): false
    case (.some, nil): true
    default: left < right
    }
  }
}

extension OutcomeCounts: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, Int)...) {
    for (outcome, count) in elements { add(outcome, count: count) }
  }
}

extension OutcomeCounts: Codable {
  package init(from decoder: any Decoder) throws {
    let counts = try [String: Int](from: decoder)
    for (outcome, count) in counts { add(outcome, count: count) }
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: OutcomeKey.self)
    for entry in entries {
      try object.encode(entry.count, forKey: OutcomeKey(stringValue: entry.outcome))
    }
  }

  private struct OutcomeKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
