/// A demangled Swift name without its module, types and thunks.
enum ShortName {
  /// `main.Bank.transfer(from: Swift.Int, to: Swift.Int) throws -> ()` becomes
  /// `Bank.transfer(from:to:)`.
  static func shorten(_ fullName: String) -> String {
    guard fullName.contains(where: { ".( :".contains($0) }) else { return fullName }
    var name = Substring(fullName)
    if let suffix = name.range(of: " with unmangled suffix ") {
      name = name[..<suffix.lowerBound]
    }
    name = withoutPrefixes(name)
    // `type metadata for Swift.Int`: what the compiler made stays said.
    let made = name.range(of: " for ") ?? name.range(of: " of ")
    if let made, !name[..<made.lowerBound].contains(where: isPunctuation) {
      return name[..<made.upperBound] + shorten(String(name[made.upperBound...]))
    }
    return split(name, by: " in ").map(entity).joined(separator: " in ")
  }

  private static func isPunctuation(_ character: Character) -> Bool {
    "`.(<".contains(character)
  }

  private static let prefixes = [
    "static ", "specialized ", "merged ", "partial apply forwarder for ", "dispatch thunk of ",
    "thunk for ", "implicit closure #1 in ", "default argument 0 of ",
  ]

  /// The name without what the compiler did to the function.
  private static func withoutPrefixes(_ name: Substring) -> Substring {
    var name = name
    while true {
      if let prefix = prefixes.first(where: name.hasPrefix) {
        name = name.dropFirst(prefix.count)
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
  private static func entity(_ text: Substring) -> String {
    var text = withoutPrefixes(text)
    if text.hasPrefix("(extension in "), let end = text.range(of: "):") {
      text = text[end.upperBound...]
    }
    if text.hasPrefix("closure #") || text.hasPrefix("$defer #") {
      return text.split(separator: " ").prefix(2).joined(separator: " ")
    }
    for end in [" : ", " -> "] { text = split(text, by: end).first ?? text }
    var components = split(text, by: ".")
    guard var last = components.popLast() else { return String(text) }
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
  private static func component(_ text: Substring) -> String {
    var text = text
    if text.hasPrefix("("), let end = text.range(of: " in _") {
      text = text[text.index(after: text.startIndex)..<end.lowerBound]
    }
    guard let generics = text.firstIndex(of: "<"), generics > text.startIndex,
      !text.hasPrefix("`"), !isOperator(text)
    else { return String(text) }
    return String(text[..<generics])
  }

  /// Where the parameters begin: the first parenthesis that is not a private name's.
  private static func parameters(in text: Substring) -> Substring.Index? {
    var depth = 0
    var isRaw = false
    var index = text.startIndex
    if text.hasPrefix("("), let end = text.firstIndex(of: ")") { index = text.index(after: end) }
    while index < text.endIndex {
      switch text[index] {
      case "`": isRaw.toggle()
      case _ where isRaw: break
      case "<": depth += 1
      case ">": depth -= 1
      case "(" where depth <= 0 || isOperator(text): return index
      default: break
      }
      index = text.index(after: index)
    }
    return nil
  }

  private static func parameterLabels(_ text: Substring) -> String {
    var depth = 0
    var end = text.endIndex
    for index in text.indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      if depth == 0 {
        end = index
        break
      }
    }
    let list = text[text.index(after: text.startIndex)..<end]
    guard !list.isEmpty else { return "()" }
    let labels = split(list, by: ", ").map { parameter -> String in
      let parts = split(parameter, by: ": ")
      return (parts.count > 1 ? String(parts[0]) : "_") + ":"
    }
    return "(" + labels.joined() + ")"
  }

  private static func isOperator(_ text: Substring) -> Bool {
    text.first.map { "+-*/<>=!&|^~%?".contains($0) } ?? false
  }

  /// The parts between occurrences of `separator` outside of brackets and of raw names.
  private static func split(_ text: Substring, by separator: String) -> [Substring] {
    var parts: [Substring] = []
    var start = text.startIndex
    var depth = 0
    var isRaw = false
    var index = text.startIndex
    while index < text.endIndex {
      let rest = text[index...]
      if rest.first == "`" { isRaw.toggle() }
      if !isRaw {
        if depth == 0, rest.hasPrefix(separator) {
          parts.append(text[start..<index])
          index = text.index(index, offsetBy: separator.count)
          start = index
          continue
        }
        if rest.hasPrefix("->") {
          index = text.index(after: index)
        } else if "([<".contains(text[index]) {
          depth += 1
        } else if ")]>".contains(text[index]) {
          depth -= 1
        }
      }
      index = text.index(after: index)
    }
    return parts + [text[start...]]
  }
}

extension Substring {
  /// Where `text` first occurs, without Foundation's locales.
  fileprivate func range(of text: String) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) {
        return index..<self.index(index, offsetBy: text.count)
      }
      index = self.index(after: index)
    }
    return nil
  }
}
