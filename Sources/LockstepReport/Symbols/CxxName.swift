import Glibc

/// Names of C++ functions and variables, as the Itanium ABI mangles them.
enum CxxName {
  /// `__cxa_demangle` of libstdc++, which libswiftCore needs (Itanium C++ ABI, 3.4).
  private typealias Demangle =
    @convention(c) (
      UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?,
      UnsafeMutablePointer<Int32>?
    ) -> UnsafeMutablePointer<CChar>?

  private static let demangle: Demangle? = dlsym(nil, "__cxa_demangle").map {
    // The type is the one that the ABI gives.
    unsafeBitCast($0, to: Demangle.self)
  }

  /// The name without parameters, template arguments and result; nil for what is none of C++'s.
  static func shortName(_ mangled: String) -> String? {
    guard mangled.hasPrefix("_Z") else { return nil }
    var status: Int32 = 0
    guard let text = demangle?(mangled, nil, nil, &status) else { return nil }
    defer { free(text) }
    return status == 0 ? shorten(String(cString: text)) : nil
  }

  /// `Counter::increment` for `Counter::increment(int) const`, `main::{lambda #1}` for a closure there,
  /// `std::thread::run` for `void std::thread::run<int>(int)`.
  static func shorten(_ name: String) -> String {
    var result = ""
    var depth = 0
    var rest = name[...]
    while let character = rest.first {
      if depth == 0, rest.hasPrefix("{lambda("), let end = rest.firstIndex(of: "}") {
        result += "{lambda \(rest[..<end].drop { $0 != "#" })}"
        rest = rest[rest.index(after: end)...]
        continue
      }
      if depth == 0, rest.hasPrefix("(anonymous namespace)::") {
        rest = rest.dropFirst("(anonymous namespace)::".count)
        continue
      }
      if depth == 0, let symbol = operatorName(at: rest) {
        return withoutResult(result + symbol)
      }
      switch character {
      case "<", "(", "[": depth += 1
      case ">", ")", "]": depth -= 1
      default: if depth == 0 { result.append(character) }
      }
      rest = rest.dropFirst()
    }
    return withoutResult(result)
  }

  /// `operator==`, `operator()`: the brackets that follow are no parameters yet.
  private static func operatorName(at rest: Substring) -> String? {
    guard rest.hasPrefix("operator"), let next = rest.dropFirst(8).first,
      !next.isLetter, !next.isNumber, next != "_"
    else { return nil }
    let symbol = rest.dropFirst(8)
    if symbol.hasPrefix("()") { return "operator()" }
    return "operator" + symbol.prefix { $0 != "(" }.filter { $0 != " " }
  }

  /// A function template's name comes with its result before it, and a method's with `const` after it.
  private static func withoutResult(_ name: String) -> String {
    var words = name.split(separator: " ")
    if let lambda = words.firstIndex(where: { $0.hasPrefix("#") }), lambda > 0 {
      words[lambda - 1] += " " + words.remove(at: lambda)
    }
    while let last = words.last, ["const", "volatile", "&", "&&"].contains(last), words.count > 1 {
      words.removeLast()
    }
    return words.last.map(String.init) ?? name
  }
}
