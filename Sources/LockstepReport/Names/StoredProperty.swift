@_spi(Reflection) import Swift

/// A stored property, by the path that leads to it from a class or a struct: `inner.value`.
struct StoredProperty {
  var path: String
  /// From the start of the instance.
  var offset: Int
  /// Its type; `()` for one that reflection does not give, as `Mutex`, which cannot be copied.
  var type: any Any.Type

  /// Where reflection does not give the type, nothing is known about the size either.
  var isOpaque: Bool { type == Void.self }

  /// The innermost stored property that holds the byte at `offset`.
  ///
  /// Structs of the program are stepped into; those of libraries are what the program sees.
  static func at(_ offset: Int, in type: any Any.Type) -> StoredProperty? {
    guard let found = outermost(at: offset, in: type) else { return nil }
    guard !found.isOpaque, isStruct(found.type),
      !TypeName.isOfLibrary(found.type),
      let inner = at(offset - found.offset, in: found.type)
    else { return found }
    return StoredProperty(
      path: found.path + "." + inner.path, offset: found.offset + inner.offset, type: inner.type)
  }

  /// The stored property of a type itself that holds the byte at `offset`.
  static func outermost(at offset: Int, in type: any Any.Type) -> StoredProperty? {
    var found: StoredProperty?
    // `_EachFieldOptions.classType`, which the standard library declares as a variable.
    let options = _EachFieldOptions(rawValue: type is AnyClass ? 1 : 0)
    _ = _forEachField(of: type, options: options) { name, start, type, _ in
      let property = StoredProperty(
        path: written(String(cString: name)), offset: start, type: type)
      let size = property.isOpaque ? Int.max : Self.size(of: property.type)
      let isCloser = found.map { $0.offset <= property.offset } ?? true
      if property.offset <= offset, offset - property.offset < size, isCloser {
        found = property
      }
      return true
    }
    return found
  }

  /// The name in the source: what a lazy property is kept in is called otherwise.
  private static func written(_ name: String) -> String {
    let lazy = "$__lazy_storage_$_"
    return name.hasPrefix(lazy) ? String(name.dropFirst(lazy.count)) : name
  }

  /// Reflection of other kinds, such as existentials, is not to be asked for fields.
  private static func isStruct(_ type: any Any.Type) -> Bool {
    // include/swift/ABI/MetadataKind.def: the first word of all metadata but that of classes.
    unsafeBitCast(type, to: UnsafePointer<UInt>.self).pointee == 0x200
  }

  static func stride(of type: any Any.Type) -> Int {
    func stride<Value>(_: Value.Type) -> Int { MemoryLayout<Value>.stride }
    return _openExistential(type, do: stride)
  }

  static func size(of type: any Any.Type) -> Int {
    func size<Value>(_: Value.Type) -> Int { MemoryLayout<Value>.size }
    return _openExistential(type, do: size)
  }
}
