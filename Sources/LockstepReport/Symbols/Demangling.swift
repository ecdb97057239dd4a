import Glibc

/// Names of functions and variables as the linker has them, made readable.
enum Demangling {
  /// `swift_demangle` of libswiftCore: stdlib/public/runtime/Demangle.cpp.
  private typealias Demangle =
    @convention(c) (
      UnsafePointer<CChar>?, Int, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?, UInt32
    ) -> UnsafeMutablePointer<CChar>?

  private static let demangle: Demangle? = dlsym(nil, "swift_demangle").map {
    // The type is the prototype in the runtime's source.
    unsafeBitCast($0, to: Demangle.self)
  }

  /// The full form of a Swift name, and the short one of a C++ name; any other name as its source has it.
  static func fullName(_ mangled: String) -> String {
    if let name = CxxName.shortName(mangled) { return name }
    guard mangled.hasPrefix("$s") || mangled.hasPrefix("$S") || mangled.hasPrefix("_$s"),
      let text = demangle?(mangled, mangled.utf8.count, nil, nil, 0)
    else { return withoutSuffixes(mangled) }
    defer { free(text) }
    // The demangler writes the spaces of a raw identifier as no-break spaces.
    let name = String(cString: text)
    return name.utf8.contains(0xC2) ? String(name.map { $0 == "\u{A0}" ? " " : $0 }) : name
  }

  /// The name as people write it: `inc(_:)`, `closure #1 in race()`, `Bank.total`.
  static func shortName(_ mangled: String) -> String {
    CxxName.shortName(mangled) ?? ShortName.shorten(fullName(mangled))
  }

  /// What LLVM adds to names of what it splits, copies or makes of the program's: `sum.0`, `run.cold.1`.
  private static let suffixes: Set<Substring> = ["cold", "part", "llvm", "isra", "constprop"]

  private static func withoutSuffixes(_ name: String) -> String {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] != "" else { return name }
    while parts.count > 1, let last = parts.last,
      suffixes.contains(last) || (last != "" && last.utf8.allSatisfy { 48...57 ~= $0 })
    {
      parts.removeLast()
    }
    return parts.joined(separator: ".")
  }
}
