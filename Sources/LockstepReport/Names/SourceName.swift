/// Finds in a line of source what an access there is about.
enum SourceName {
  /// The variable's dotted path at a column: `total` in `self.total += 1`, `counts[i]` in
  /// `counts[i] += 1`, `bank.lock` in `bank.lock.lock()`.
  ///
  /// - Parameters:
  ///   - line: the whole line.
  ///   - column: where the compiler says that the access is, from 1 and in bytes of UTF-8: at the
  ///     variable, at the operator behind it, or at the method called on it.
  /// - Returns: nil where there is no variable.
  static func path(in line: String, column: Int) -> String? {
    let text = Array(line.utf8).map { Character(UnicodeScalar($0)) }
    guard column > 0, text.indices.contains(column - 1) else { return nil }
    var end = column - 1
    // A closure's context and a generic type's name are no variables themselves.
    if text[end] == "{" || text[end] == ">" { return declared(in: text) }
    if isWord(text[end]) {
      while end < text.count, isWord(text[end]) { end += 1 }
      if end < text.count, text[end] == "[", let close = closing(text, end) { end = close + 1 }
    } else {
      while end > 0, isOperator(text[end - 1]) { end -= 1 }
      while end > 0, text[end - 1] == " " { end -= 1 }
      // At a literal index: what is indexed.
      if end > 0, text[end - 1] == "[" { end -= 1 }
    }
    let start = startOfPath(text, end)
    var path = String(text[start..<end])
    if path.hasPrefix("self.") { path.removeFirst(5) }
    if isCall(text, end) {
      guard let dot = path.lastIndex(of: ".") else {
        return argument(text, end) ?? declared(in: text)
      }
      path = String(path[..<dot])
    }
    let isVariable =
      path.first.map { isWord($0) && !$0.isNumber && $0 != "$" } ?? false && !isKeyword(path)
    return isVariable ? path : declared(in: text)
  }

  /// Where a path that ends at `end` begins: names, dots, and brackets with what is in them.
  private static func startOfPath(_ text: [Character], _ end: Int) -> Int {
    var start = end
    while start > 0 {
      let character = text[start - 1]
      if isWord(character) || ".?!".contains(character) {
        start -= 1
      } else if character == "]", let open = opening(text, start - 1), open > 0,
        isWord(text[open - 1]) || "?!]".contains(text[open - 1])
      {
        start = open
      } else {
        break
      }
    }
    while start < end, ".?!".contains(text[start]) { start += 1 }
    return start
  }

  /// `name(…)`, and `path.name { … }`.
  private static func isCall(_ text: [Character], _ end: Int) -> Bool {
    guard end < text.count else { return false }
    if text[end] == "(" { return true }
    let next = text[end...].first { $0 != " " }
    let start = startOfPath(text, end)
    return next == "{" && text[start..<end].contains(".")
  }

  /// `mutex` in `pthread_mutex_lock(&mutex)`.
  private static func argument(_ text: [Character], _ end: Int) -> String? {
    guard text[end...].starts(with: "(&") else { return nil }
    let argument = text[(end + 2)...].prefix { isWord($0) || $0 == "." }
    return argument.isEmpty ? nil : String(argument)
  }

  /// The variable of a line that declares and initialises one.
  private static func declared(in text: [Character]) -> String? {
    let words = String(text).split { " :=\t".contains($0) }
    guard let word = words.firstIndex(where: { $0 == "var" || $0 == "let" }),
      words.indices.contains(word + 1), text.contains("="), words[word + 1].allSatisfy(isWord)
    else { return nil }
    return String(words[word + 1])
  }

  private static func opening(_ text: [Character], _ close: Int) -> Int? {
    var depth = 0
    for index in stride(from: close, through: 0, by: -1) {
      if text[index] == "]" { depth += 1 }
      if text[index] == "[" { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  private static func closing(_ text: [Character], _ open: Int) -> Int? {
    var depth = 0
    for index in open..<text.count {
      if text[index] == "[" { depth += 1 }
      if text[index] == "]" { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  /// Bytes above ASCII belong to names, or to operators that nobody reads a variable from.
  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "$"
      || !character.isASCII
  }

  private static func isOperator(_ character: Character) -> Bool {
    "+-*/%&|^<>=~".contains(character)
  }

  private static func isKeyword(_ word: String) -> Bool {
    [
      "self", "try", "await", "return", "var", "let", "if", "guard", "while", "for", "in", "switch",
      "case", "throw", "true", "false", "nil", "func", "init", "deinit", "class", "struct",
      "final", "super",
    ].contains(word)
  }
}
