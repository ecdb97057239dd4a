extension JSONValue {
  /// A value of a type, out of the JSON that its `encode(to:)` gave.
  ///
  /// - Throws: `DecodingError`.
  package func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    try decoded(as: type, at: [])
  }

  fileprivate func decoded<Value: Decodable>(
    as type: Value.Type, at path: [any CodingKey]
  ) throws -> Value {
    let scalar: Any?
    switch type {
    case is String.Type: scalar = string
    case is Bool.Type: scalar = self == .bool(true) ? true : self == .bool(false) ? false : nil
    case is Double.Type: scalar = double
    case is Float.Type: scalar = double.map { Float($0) }
    case let type as any FixedWidthInteger.Type: scalar = integer(type)
    default: return try Value(from: ValueDecoder(value: self, codingPath: path))
    }
    guard let value = scalar as? Value else { throw mismatch(type, at: path) }
    return value
  }

  fileprivate func mismatch(_ type: Any.Type, at path: [any CodingKey]) -> DecodingError {
    .typeMismatch(type, .init(codingPath: path, debugDescription: "not a value of this type"))
  }

  private var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  private var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  private func integer<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
    switch self {
    case .integer(let value): Value(exactly: value)
    case .unsigned(let value): Value(exactly: value)
    default: nil
    }
  }
}

private struct ValueDecoder: Decoder {
  let value: JSONValue
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = value else {
      throw value.mismatch([String: Any].self, at: codingPath)
    }
    return KeyedDecodingContainer(ObjectDecoder(members: members, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else {
      throw value.mismatch([Any].self, at: codingPath)
    }
    return ArrayDecoder(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    ScalarDecoder(value: value, codingPath: codingPath)
  }
}

private struct ObjectDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [JSONValue.Member]
  let codingPath: [any CodingKey]

  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { members.contains { $0.key == key.stringValue } }

  func decodeNil(forKey key: Key) throws -> Bool { try value(key) == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try value(key).decoded(as: type, at: codingPath + [key])
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    let value = members.first { $0.key == "super" }?.value
    return ValueDecoder(value: value ?? .null, codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

  private func decoder(_ key: Key) throws -> ValueDecoder {
    ValueDecoder(value: try value(key), codingPath: codingPath + [key])
  }

  private func value(_ key: Key) throws -> JSONValue {
    guard let member = members.first(where: { $0.key == key.stringValue }) else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "no '\(key.stringValue)'"))
    }
    return member.value
  }
}

private struct ArrayDecoder: UnkeyedDecodingContainer {
  let elements: [JSONValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(elements: [JSONValue], codingPath: [any CodingKey]) {
    self.elements = elements
    self.codingPath = codingPath
  }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next().decoded(as: type, at: codingPath)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try decoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try decoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try decoder() }

  private mutating func decoder() throws -> ValueDecoder {
    ValueDecoder(value: try next(), codingPath: codingPath)
  }

  private mutating func next() throws -> JSONValue {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        JSONValue.self, .init(codingPath: codingPath, debugDescription: "too few elements"))
    }
    defer { currentIndex += 1 }
    return elements[currentIndex]
  }
}

private struct ScalarDecoder: SingleValueDecodingContainer {
  let value: JSONValue
  let codingPath: [any CodingKey]

  func decodeNil() -> Bool { value == .null }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try value.decoded(as: type, at: codingPath)
  }
}
