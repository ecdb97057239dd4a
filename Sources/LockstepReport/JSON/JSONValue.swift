/// A JSON value whose objects keep the order of their keys, which Foundation's encoder does not.
package indirect enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value's text; what does not fit into `width` columns is broken into indented lines.
  package func text(width: Int = .max) -> String {
    var text = ""
    write(into: &text, indent: 0, used: 0, width: width)
    return text
  }
}

extension JSONValue {
  /// The value on a single line, with a space after each colon and comma.
  package var compactText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .number(let value): Self.text(of: value)
    case .string(let value): Self.quoted(value)
    case .array(let elements):
      "[" + elements.map(\.compactText).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { Self.quoted($0.key) + ": " + $0.value.compactText }
        .joined(separator: ", ") + "}"
    }
  }

  /// Appends the text, its first line starting at column `used`, with `indent` for the others.
  private func write(into text: inout String, indent: Int, used: Int, width: Int) {
    let compact = compactText
    // One column more is kept for the comma that may follow.
    guard used + compact.count + 1 > width else {
      text += compact
      return
    }
    let inner = String(repeating: " ", count: indent + 2)
    switch self {
    case .array(let elements) where !elements.isEmpty:
      text += "[\n"
      for (index, element) in elements.enumerated() {
        text += inner
        element.write(into: &text, indent: indent + 2, used: indent + 2, width: width)
        text += index + 1 < elements.count ? ",\n" : "\n"
      }
      text += String(repeating: " ", count: indent) + "]"
    case .object(let members) where !members.isEmpty:
      text += "{\n"
      for (index, member) in members.enumerated() {
        let key = Self.quoted(member.key) + ": "
        text += inner + key
        member.value.write(
          into: &text, indent: indent + 2, used: indent + 2 + key.count, width: width)
        text += index + 1 < members.count ? ",\n" : "\n"
      }
      text += String(repeating: " ", count: indent) + "}"
    default:
      text += compact
    }
  }

  /// A number, whole ones without `.0`; infinities, which JSON does not have, become null.
  private static func text(of number: Double) -> String {
    guard number.isFinite else { return "null" }
    if let whole = Int64(exactly: number) { return String(whole) }
    return String(number)
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
