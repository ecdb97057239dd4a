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

  /// The full form of a Swift name, and the short one of a C++ name; any other name as it is.
  static func fullName(_ mangled: String) -> String {
    if let name = CxxName.shortName(mangled) { return name }
    guard mangled.hasPrefix("$s") || mangled.hasPrefix("$S") || mangled.hasPrefix("_$s"),
      let text = demangle?(mangled, mangled.utf8.count, nil, nil, 0)
    else { return mangled }
    defer { free(text) }
    // The demangler writes the spaces of a raw identifier as no-break spaces.
    let name = String(cString: text)
    return name.utf8.contains(0xC2) ? String(name.map { $0 == "\u{A0}" ? " " : $0 }) : name
  }

  /// The name as people write it: `inc(_:)`, `closure #1 in race()`, `Bank.total`.
  static func shortName(_ mangled: String) -> String {
    CxxName.shortName(mangled) ?? ShortName.shorten(fullName(mangled))
  }
}
