extension JSONValue {
  /// The JSON of a value, keys in the order in which it encodes them.
  package init(encoding value: some Encodable) throws {
    let node = Node()
    try value.encode(to: NodeEncoder(node: node, codingPath: []))
    self = node.value
  }
}

/// A place in the value that is being built; a class, since nested containers fill it in later.
private final class Node {
  private var scalar: JSONValue?
  private var isArray = false
  /// Of an array or an object; those of an array have no keys.
  private var children: [(key: String, node: Node)] = []

  var value: JSONValue {
    if let scalar { return scalar }
    if isArray { return .array(children.map(\.node.value)) }
    return .object(children.map { .init($0.key, $0.node.value) })
  }

  var count: Int { children.count }

  func set(_ value: JSONValue) { scalar = value }

  func beginArray() { isArray = true }

  func appendElement() -> Node { appendMember("") }

  func appendMember(_ key: String) -> Node {
    let node = Node()
    children.append((key, node))
    return node
  }

  /// Sets it to a value of one of the types that JSON is made of; false if it is of none.
  func setScalar(_ value: some Encodable) -> Bool {
    switch value {
    case let value as Double: set(.number(value))
    case let value as Float: set(.number(Double(value)))
    case let value as String: set(.string(value))
    case let value as Bool: set(.bool(value))
    case let value as Int: set(.integer(Int64(value)))
    default: return false
    }
    return true
  }

  func setInteger(_ value: some BinaryInteger) {
    set(Int64(exactly: value).map(JSONValue.integer) ?? .unsigned(UInt64(clamping: value)))
  }

  func encode(_ value: some Encodable, codingPath: [any CodingKey]) throws {
    guard !setScalar(value) else { return }
    try value.encode(to: NodeEncoder(node: self, codingPath: codingPath))
  }
}

private struct NodeEncoder: Encoder {
  let node: Node
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(ObjectEncoder<Key>(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.beginArray()
    return ArrayEncoder(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    ScalarEncoder(node: node, codingPath: codingPath)
  }
}

private struct ObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: Node
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { node.appendMember(key.stringValue).set(.null) }

  func encode(_ value: some Encodable, forKey key: Key) throws {
    try node.appendMember(key.stringValue).encode(value, codingPath: codingPath + [key])
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder(key).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    NodeEncoder(node: node.appendMember("super"), codingPath: codingPath)
  }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

  private func encoder(_ key: Key) -> NodeEncoder {
    NodeEncoder(node: node.appendMember(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct ArrayEncoder: UnkeyedEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]
  var count: Int { node.count }

  func encodeNil() { node.appendElement().set(.null) }

  func encode(_ value: some Encodable) throws {
    try node.appendElement().encode(value, codingPath: codingPath)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder() }

  private func encoder() -> NodeEncoder {
    NodeEncoder(node: node.appendElement(), codingPath: codingPath)
  }
}

private struct ScalarEncoder: SingleValueEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]

  func encodeNil() { node.set(.null) }

  func encode(_ value: some Encodable) throws {
    guard !node.setScalar(value) else { return }
    // Asked only here, since it looks through all conformances that there are.
    if let integer = value as? any BinaryInteger {
      node.setInteger(integer)
    } else {
      try value.encode(to: NodeEncoder(node: node, codingPath: codingPath))
    }
  }
}
