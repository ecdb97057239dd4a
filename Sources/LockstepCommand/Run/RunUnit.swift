import LockstepReport

/// A run of a program as `--json` shows it.
struct RunUnit {
  var name: String
  var verdict: UnitResult.Verdict
  var because: [String]
  var seconds = 0.0
  var findings: [HangReport] = []

  init(name: String, verdict: UnitResult.Verdict, because: [String]) {
    self.name = name
    self.verdict = verdict
    self.because = because
  }

  var jsonText: String {
    JSONValue.array([
      .object([
        .init("unit", .string(name)),
        .init("verdict", .string(verdict.rawValue)),
        .init("incompleteBecause", .array(because.map(JSONValue.string))),
        .init("seconds", .number(seconds)),
        .init("findings", .array(findings.map(\.json))),
      ])
    ]).text(width: 100)
  }
}

extension HangReport {
  var json: JSONValue {
    .object([
      .init("kind", .string(kind.rawValue)),
      .init("summary", .string(summary)),
      .init("certain", .bool(isCertain)),
      .init("process", .integer(Int64(process))),
      .init("threads", .array(threads.map(\.json))),
      .init("notes", .array(notes.map(JSONValue.string))),
    ])
  }
}

extension HangReport.Thread {
  var json: JSONValue {
    .object([
      .init("name", .string(name)),
      .init("id", .integer(Int64(id))),
      .init("gone", .bool(isGone)),
      .init("state", .string(doing)),
      .init("waitsFor", waitsFor?.json ?? .null),
      .init("holds", .array(holds.map(\.json))),
      .init("stack", .array(stack.map(\.json))),
    ])
  }
}

extension HangReport.Held {
  var json: JSONValue {
    .object([
      .init("object", .string(name)),
      .init("address", .string("0x" + String(address, radix: 16))),
      .init("place", place?.json ?? .null),
    ])
  }
}

extension HangReport.Place {
  var json: JSONValue {
    .object([
      .init("function", function.map(JSONValue.string) ?? .null),
      .init("file", file.map(JSONValue.string) ?? .null),
      .init("line", line.map { .integer(Int64($0)) } ?? .null),
    ])
  }
}
