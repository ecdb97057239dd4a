/// Storage of the standard library's collections, which their owner names.
enum CollectionStorage {
  case elements, text

  init?(_ type: any Any.Type) {
    let name = _typeName(type, qualified: true)
    let collections = [
      "Swift._ContiguousArrayStorage<", "Swift._DictionaryStorage<", "Swift._SetStorage<",
    ]
    if collections.contains(where: name.hasPrefix) {
      self = .elements
    } else if name == "Swift.__StringStorage" {
      self = .text
    } else {
      return nil
    }
  }

  /// What an array's storage holds, where it is one of the standard library's simple types.
  static func elementType(_ storage: any Any.Type) -> (any Any.Type)? {
    let name = TypeName.short(storage)
    let array = "_ContiguousArrayStorage<"
    guard name.hasPrefix(array), name.hasSuffix(">") else { return nil }
    return TypeName.simpleType(named: name.dropFirst(array.count).dropLast())
  }

  /// Bytes in front of the first element of an array: the object's header, count and capacity.
  static let arrayHeaderSize = 32
}

/// A collection that keeps its elements one after the other.
protocol ContiguousElements {
  static var elementType: any Any.Type { get }
}

extension Array: ContiguousElements {
  static var elementType: any Any.Type { Element.self }
}

extension ContiguousArray: ContiguousElements {
  static var elementType: any Any.Type { Element.self }
}
