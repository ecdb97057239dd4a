/// Values of memory as people read them.
package enum ValueText {
  /// A value of at most eight bytes.
  ///
  /// - Parameters:
  ///   - raw: its bytes, the first the lowest; those past `size` are ignored.
  ///   - size: of the access, in bytes.
  ///   - type: of what was accessed from its first byte on, if it is known.
  /// - Returns: nil where the type has more bytes than were accessed, and shows nothing by itself.
  package static func text(raw: UInt64, size: Int, type: (any Any.Type)? = nil) -> String? {
    guard (1...8).contains(size) else { return nil }
    let raw = size == 8 ? raw : raw & (1 << UInt64(size * 8) - 1)
    guard let type, type != Void.self else { return untyped(raw, size: size) }
    if type is any AnyObject.Type {
      return raw == 0 ? "nil" : "<\(TypeName.short(type))>"
    }
    if let wrapped = (type as? any OptionalType.Type)?.wrapped, wrapped is any AnyObject.Type {
      return raw == 0 ? "nil" : "<\(TypeName.short(wrapped))>"
    }
    guard StoredProperty.size(of: type) == size else {
      return type is any FixedWidthInteger.Type ? untyped(raw, size: size) : "…"
    }
    if let simple = type as? any SimpleValue.Type { return simple.text(bits: raw) }
    if let name = enumCase(raw, of: type) { return name }
    return "…"
  }

  /// A number, unless it can only be an address.
  private static func untyped(_ raw: UInt64, size: Int) -> String {
    switch size {
    case 1: return String(Int8(truncatingIfNeeded: raw))
    case 2: return String(Int16(truncatingIfNeeded: raw))
    case 4: return String(Int32(truncatingIfNeeded: raw))
    default:
      let isAddress =
        raw % 8 == 0 && raw >= 1 << 32 && ProcessMemory.word(at: UInt(raw)) != nil
      if isAddress { return "<reference>" }
      // A whole number this large is rare; the bits of a Double always are.
      let double = Double(bitPattern: raw)
      let isDouble = (1e-9...1e15).contains(double.magnitude)
      return isDouble ? "\(double)" : String(Int64(bitPattern: raw))
    }
  }

  /// The case of an enumeration without associated values that need more than its bytes.
  private static func enumCase(_ raw: UInt64, of type: any Any.Type) -> String? {
    func name<Value>(_: Value.Type) -> String? {
      // Nothing to retain, and bytes that were in such a variable: a copy is a value again.
      guard _isPOD(Value.self), MemoryLayout<Value>.size <= 8 else { return nil }
      return withUnsafeBytes(of: raw) { bytes in
        let value = bytes.load(as: Value.self)
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .enum, mirror.children.isEmpty else { return nil }
        return enumCaseName(value).map { ".\(String(cString: $0))" }
      }
    }
    return _openExistential(type, do: name)
  }
}

/// The name of an enumeration's case, without running code of the program.
@_silgen_name("swift_EnumCaseName")
private func enumCaseName<Value>(_ value: Value) -> UnsafePointer<CChar>?
