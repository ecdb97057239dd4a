extension StringProtocol {
  /// Whether a text is part of this one, byte by byte.
  ///
  /// Instead of the function of this name that needs the library for regular expressions.
  package func contains(_ part: String) -> Bool {
    utf8.indices.contains { utf8[$0...].starts(with: part.utf8) } || part.isEmpty
  }
}
