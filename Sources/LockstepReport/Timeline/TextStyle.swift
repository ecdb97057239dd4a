/// How a text for people is written: bare, or with a terminal's colours.
package enum TextStyle: Sendable {
  case plain
  case ansi

  package enum Role: Sendable {
    case plain, strong, dim, alarm, good
    /// A colour of its own for each of the first six threads, then again from the first.
    case thread(Int)
  }

  package func applying(_ role: Role, to text: String) -> String {
    guard self == .ansi, !text.isEmpty, let code = Self.code(of: role) else { return text }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  private static func code(of role: Role) -> String? {
    switch role {
    case .plain: nil
    case .strong: "1"
    case .dim: "2"
    case .alarm: "1;31"
    case .good: "1;32"
    case .thread(let index): String(["36", "33", "35", "32", "34", "31"][index % 6])
    }
  }
}
