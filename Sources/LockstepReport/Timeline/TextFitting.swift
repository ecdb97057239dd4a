extension String {
  /// The text in at most `width` characters, its end given up for `…`.
  func truncated(to width: Int) -> String {
    guard count > width else { return self }
    guard width > 1 else { return width == 1 ? "…" : "" }
    return prefix(width - 1) + "…"
  }

  /// The text in at most `width` characters, its start given up for `…`.
  func truncatedAtStart(to width: Int) -> String {
    guard count > width else { return self }
    guard width > 1 else { return width == 1 ? "…" : "" }
    return "…" + suffix(width - 1)
  }

  /// The text with spaces after it, up to `width` characters.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// The text with spaces before it, up to `width` characters.
  func paddedAtStart(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  /// The text in lines of at most `width` characters, broken at spaces.
  ///
  /// - Parameters:
  ///   - width: the most characters of a line; a longer word has a line for itself.
  ///   - indent: what each line but the first begins with.
  /// - Returns: at least one line.
  func wrapped(to width: Int, indent: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      let start = lines.isEmpty ? "" : indent
      if line == start || line.count + 1 + word.count <= width {
        line += (line == start ? "" : " ") + word
      } else {
        lines.append(line)
        line = indent + word
      }
    }
    return lines + [line]
  }
}
