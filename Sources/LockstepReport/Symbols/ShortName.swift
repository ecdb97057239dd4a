/// A demangled Swift name without its module, types and thunks.
///
/// Works on bytes: what has a meaning is ASCII, and a name may be thousands of characters long.
enum ShortName {
  private typealias Text = Substring.UTF8View

  /// `main.Bank.transfer(from: Swift.Int, to: Swift.Int) throws -> ()` becomes
  /// `Bank.transfer(from:to:)`.
  static func shorten(_ fullName: String) -> String {
    guard fullName.utf8.contains(where: { isOne(of: ".( :", $0) }) else { return fullName }
    var name = Substring(fullName).utf8
    if let suffix = name.range(of: " with unmangled suffix ") {
      name = name[..<suffix.lowerBound]
    }
    name = withoutPrefixes(name)
    // `type metadata for Swift.Int`: what the compiler made stays said.
    let made = name.range(of: " for ") ?? name.range(of: " of ")
    if let made, !name[..<made.lowerBound].contains(where: isPunctuation) {
      return string(name[..<made.upperBound]) + shorten(string(name[made.upperBound...]))
    }
    return split(name, by: " in ").map(entity).joined(separator: " in ")
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool { isOne(of: "`.(<", byte) }

  private static func isOne(of bytes: StaticString, _ byte: UInt8) -> Bool {
    bytes.withUTF8Buffer { $0.contains(byte) }
  }

  private static func string(_ text: Text) -> String { String(Substring(text)) }

  private static let prefixes = [
    "static ", "specialized ", "merged ", "partial apply forwarder for ", "dispatch thunk of ",
    "thunk for ", "implicit closure #1 in ", "default argument 0 of ",
  ]

  /// The name without what the compiler did to the function.
  private static func withoutPrefixes(_ name: Text) -> Text {
    var name = name
    while true {
      if let prefix = prefixes.first(where: name.hasPrefix) {
        name = name.dropFirst(prefix.utf8.count)
      } else if name.hasPrefix("generic ") || name.hasPrefix("function signature specialization"),
        let end = split(name, by: " of ").first, end.count < name.count
      {
        name = name.dropFirst(end.count + 4)
      } else if name.hasPrefix("("), let end = name.range(of: " partial function for ") {
        name = name[end.upperBound...]
      } else {
        return name
      }
    }
  }

  /// One function or variable: without module, generic arguments, types and result.
  private static func entity(_ text: Text) -> String {
    var text = withoutPrefixes(text)
    if text.hasPrefix("(extension in "), let end = text.range(of: "):") {
      text = text[end.upperBound...]
    }
    if text.hasPrefix("closure #") || text.hasPrefix("$defer #") {
      let words = text.split(separator: UInt8(ascii: " ")).prefix(2)
      return words.map(string).joined(separator: " ")
    }
    for end in [" : ", " -> "] { text = split(text, by: end).first ?? text }
    var components = split(text, by: ".")
    guard var last = components.popLast() else { return string(text) }
    let isLocal = split(last, by: " ").dropFirst().first?.hasPrefix("#") == true
    // The first component is the module, except for a local function, which has none.
    if !isLocal, !components.isEmpty { components.removeFirst() }
    var labels = ""
    if let start = parameters(in: last) {
      labels = parameterLabels(last[start...])
      last = last[..<start]
    }
    last = split(last, by: " ").first ?? last
    return (components + [last]).map(component).joined(separator: ".") + labels
  }

  /// `Array<A>` without `<A>`; `(total in _0123ABCD)`, a private name, without its file.
  private static func component(_ text: Text) -> String {
    var text = text
    if text.hasPrefix("("), let end = text.range(of: " in _") {
      text = text[text.index(after: text.startIndex)..<end.lowerBound]
    }
    guard let generics = text.firstIndex(of: UInt8(ascii: "<")), generics > text.startIndex,
      !text.hasPrefix("`"), !isOperator(text)
    else { return string(text) }
    return string(text[..<generics])
  }

  /// Where the parameters begin: the first parenthesis that is not a private name's.
  private static func parameters(in text: Text) -> Text.Index? {
    var depth = 0
    var isRaw = false
    var index = text.startIndex
    if text.hasPrefix("("), let end = text.firstIndex(of: UInt8(ascii: ")")) {
      index = text.index(after: end)
    }
    while index < text.endIndex {
      switch text[index] {
      case UInt8(ascii: "`"): isRaw.toggle()
      case _ where isRaw: break
      case UInt8(ascii: "<"): depth += 1
      case UInt8(ascii: ">"): depth -= 1
      case UInt8(ascii: "(") where depth <= 0 || isOperator(text): return index
      default: break
      }
      index = text.index(after: index)
    }
    return nil
  }

  private static func parameterLabels(_ text: Text) -> String {
    var depth = 0
    var end = text.endIndex
    for index in text.indices {
      if text[index] == UInt8(ascii: "(") { depth += 1 }
      if text[index] == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 {
        end = index
        break
      }
    }
    let list = text[text.index(after: text.startIndex)..<end]
    guard !list.isEmpty else { return "()" }
    let labels = split(list, by: ", ").map { parameter -> String in
      let parts = split(parameter, by: ": ")
      return (parts.count > 1 ? string(parts[0]) : "_") + ":"
    }
    return "(" + labels.joined() + ")"
  }

  private static func isOperator(_ text: Text) -> Bool {
    text.first.map { isOne(of: "+-*/<>=!&|^~%?", $0) } ?? false
  }

  /// The parts between occurrences of `separator` outside of brackets and of raw names.
  private static func split(_ text: Text, by separator: String) -> [Text] {
    var parts: [Text] = []
    var start = text.startIndex
    var depth = 0
    var isRaw = false
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      if byte == UInt8(ascii: "`") { isRaw.toggle() }
      if !isRaw {
        if depth == 0, text[index...].hasPrefix(separator) {
          parts.append(text[start..<index])
          index = text.index(index, offsetBy: separator.utf8.count)
          start = index
          continue
        }
        if text[index...].hasPrefix("->") {
          index = text.index(after: index)
        } else if isOne(of: "([<", byte) {
          depth += 1
        } else if isOne(of: ")]>", byte) {
          depth -= 1
        }
      }
      index = text.index(after: index)
    }
    return parts + [text[start...]]
  }
}

extension Substring.UTF8View {
  fileprivate func hasPrefix(_ text: String) -> Bool { starts(with: text.utf8) }

  /// Where `text` first occurs.
  fileprivate func range(of text: String) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) {
        return index..<self.index(index, offsetBy: text.utf8.count)
      }
      index = self.index(after: index)
    }
    return nil
  }
}
