/// A type whose values can be shown from their bits.
protocol SimpleValue {
  static func text(bits: UInt64) -> String
}

extension SimpleValue where Self: FixedWidthInteger {
  static func text(bits: UInt64) -> String { String(Self(truncatingIfNeeded: bits)) }
}

extension Int: SimpleValue {}
extension Int8: SimpleValue {}
extension Int16: SimpleValue {}
extension Int32: SimpleValue {}
extension Int64: SimpleValue {}
extension UInt: SimpleValue {}
extension UInt8: SimpleValue {}
extension UInt16: SimpleValue {}
extension UInt32: SimpleValue {}
extension UInt64: SimpleValue {}

extension Bool: SimpleValue {
  static func text(bits: UInt64) -> String { bits & 1 == 1 ? "true" : "false" }
}

extension Double: SimpleValue {
  static func text(bits: UInt64) -> String { "\(Double(bitPattern: bits))" }
}

extension Float: SimpleValue {
  static func text(bits: UInt64) -> String {
    "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
  }
}

/// Lets a type be asked whether it is optional.
protocol OptionalType {
  static var wrapped: any Any.Type { get }
}

extension Optional: OptionalType {
  static var wrapped: any Any.Type { Wrapped.self }
}
