/// How many bytes the variable that begins at an address has.
package enum VariableExtent {
  /// - Parameters:
  ///   - address: where an access to a whole variable begins.
  ///   - block: the allocation that it is part of.
  ///   - symbols: of this process's images.
  /// - Returns: nil where it cannot be told.
  package static func size(
    at address: UInt, in block: HeapBlock?, symbols: ImageSymbols
  ) -> Int? {
    guard let block else {
      guard let symbol = symbols.symbol(at: address), !symbol.isFunction else { return nil }
      return Int(symbol.range.upperBound - address)
    }
    switch SwiftObject(at: block, symbols: symbols) {
    case .instance(let type): return propertySize(at: Int(address - block.base), in: type)
    case .box: return Int(block.base + block.size - address)
    case nil: return nil
    }
  }

  /// The size of the outermost stored property of a class that begins at an offset.
  private static func propertySize(at offset: Int, in type: any AnyObject.Type) -> Int? {
    guard let property = StoredProperty.outermost(at: offset, in: type),
      property.offset == offset, !property.isOpaque
    else { return nil }
    return StoredProperty.size(of: property.type)
  }
}
