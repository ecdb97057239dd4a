/// Names of types as people write them.
enum TypeName {
  static func short(_ type: any Any.Type) -> String { _typeName(type, qualified: false) }

  /// Whether it is one of the toolchain's own libraries' types.
  static func isOfLibrary(_ type: any Any.Type) -> Bool {
    let name = _typeName(type, qualified: true)
    return libraries.contains { name.hasPrefix($0) }
  }

  /// The type of a global whose demangled name ends in ` : Swift.Double`.
  static func simpleType(ofVariable fullName: String) -> (any Any.Type)? {
    simpleTypes.first { fullName.hasSuffix(" : " + _typeName($0)) }
  }

  /// One of the standard library's types by the name that people write.
  static func simpleType(named name: some StringProtocol) -> (any Any.Type)? {
    simpleTypes.first { short($0) == name }
  }

  private static let simpleTypes: [any Any.Type] = [
    Int.self, Int8.self, Int16.self, Int32.self, Int64.self, UInt.self, UInt8.self, UInt16.self,
    UInt32.self, UInt64.self, Bool.self, Double.self, Float.self, String.self,
  ]

  private static let libraries = [
    "Swift.", "Foundation.", "FoundationEssentials.", "Synchronization.", "Dispatch.", "__C.",
    "_Concurrency.",
  ]
}
