/// What the first word of a heap block tells about it.
///
/// Nothing here is believed before it was read by way of the kernel and found to be in order: the
/// block may be anything, such as memory of C.
enum SwiftObject {
  /// An instance of a class.
  case instance(any AnyObject.Type)
  /// The box of a captured local, or a closure's context.
  case box

  /// - Returns: nil for what is no Swift object.
  init?(at block: HeapBlock, symbols: ImageSymbols) {
    guard block.size >= 16, let metadata = ProcessMemory.word(at: block.base),
      metadata % 8 == 0, let kind = ProcessMemory.word(at: metadata)
    else { return nil }
    switch kind {
    case 0:
      guard Self.isClass(metadata, blockSize: block.size, symbols: symbols) else { return nil }
      // The checks leave only the address of class metadata, which is what a metatype is.
      guard let type = unsafeBitCast(metadata, to: Any.Type.self) as? any AnyObject.Type else {
        return nil
      }
      self = .instance(type)
    // include/swift/ABI/MetadataKind.def: HeapLocalVariable and HeapGenericLocalVariable.
    case 0x400, 0x500:
      guard symbols.image(of: metadata) != nil || kind == 0x500 else { return nil }
      self = .box
    default: return nil
    }
  }

  /// Whether class metadata lies there: `TargetClassMetadata` of include/swift/ABI/Metadata.h.
  private static func isClass(
    _ metadata: UInt, blockSize: UInt?, symbols: ImageSymbols, depth: Int = 0
  ) -> Bool {
    // Two words before the address point: the destructor and the value witnesses.
    guard depth < 32, metadata > 16, metadata % 8 == 0,
      let words = ProcessMemory.words(at: metadata - 16, count: 8), words[2] == 0,
      symbols.mapping(of: words[0])?.isExecutable == true,
      symbols.mapping(of: words[0])?.image != nil, symbols.image(of: words[1]) != nil
    else { return false }
    let size = words[5] & 0xFFFF_FFFF
    let alignmentMask = words[5] >> 32 & 0xFFFF
    let descriptor = words[7]
    guard size >= 16, size <= blockSize ?? .max, alignmentMask & (alignmentMask + 1) == 0,
      symbols.image(of: descriptor) != nil,
      let flags = ProcessMemory.value(at: descriptor, as: UInt32.self),
      // ContextDescriptorKind::Class.
      flags & 31 == 16
    else { return false }
    let superclass = words[3]
    return superclass == 0
      || isClass(superclass, blockSize: blockSize, symbols: symbols, depth: depth + 1)
  }
}
