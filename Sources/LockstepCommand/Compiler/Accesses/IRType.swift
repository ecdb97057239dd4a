/// A type in LLVM's text.
struct IRType {
  let name: Substring

  /// Bytes that a load or store of it touches; nil where that takes its layout.
  var storeSize: Int? { Self.bits(of: name).map { ($0 + 7) / 8 } }

  /// The same as a constant in LLVM's text.
  var storeSizeText: String {
    storeSize.map(String.init) ?? "ptrtoint (ptr getelementptr (\(name), ptr null, i32 1) to i64)"
  }

  /// Whether ThreadSanitizer's pass reports accesses of it; nil where that takes its layout.
  var isReported: Bool? { storeSize.map([1, 2, 4, 8, 16].contains) }

  private static func bits(of name: Substring) -> Int? {
    switch name {
    case "half", "bfloat": 16
    case "float": 32
    case "double", "ptr": 64
    case "x86_fp80": 80
    case "fp128": 128
    default: name.hasPrefix("i") ? Int(name.dropFirst()) : bitsOfVector(name)
    }
  }

  /// `<8 x float>`.
  private static func bitsOfVector(_ name: Substring) -> Int? {
    let words = name.split(separator: " ")
    guard words.count == 3, words[0].hasPrefix("<"), let count = Int(words[0].dropFirst()),
      words[1] == "x", words[2].hasSuffix(">")
    else { return nil }
    return bits(of: words[2].dropLast()).map { $0 * count }
  }
}
