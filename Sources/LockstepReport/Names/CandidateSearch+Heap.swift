extension CandidateSearch {
  /// References that are followed from a lock to whom the program knows it by.
  private static let longestChain = 4

  /// The name of a byte of an allocation, by its class or by who refers to it.
  func name(of address: UInt, in block: HeapBlock, depth: Int) -> ObjectNames.Candidate? {
    guard depth < Self.longestChain, block.contains(address) else { return nil }
    switch SwiftObject(at: block, symbols: symbols) {
    case .instance(let type):
      if CollectionStorage(type) != nil {
        return owner(of: block, depth: depth).map { collection in
          let elements =
            (collection.type as? any ContiguousElements.Type)?.elementType
            ?? CollectionStorage.elementType(type)
          return element(at: address, in: block, elements: elements, of: collection)
        }
      }
      // What is inside of an NSLock is the lock that the program has.
      guard !TypeName.isOfLibrary(type) else { return owner(of: block, depth: depth) }
      return property(at: address, in: block, of: type)
    case .box: return nil
    case nil: return owner(of: block, depth: depth)
    }
  }

  private func property(
    at address: UInt, in block: HeapBlock, of type: any AnyObject.Type
  ) -> ObjectNames.Candidate {
    let offset = Int(address - block.base)
    let name = TypeName.short(type)
    guard let property = StoredProperty.at(offset, in: type) else {
      return ObjectNames.Candidate(text: name, owner: block.base)
    }
    // A value is shown by its type only from its first byte on.
    let type = property.offset == offset && !property.isOpaque ? property.type : nil
    return ObjectNames.Candidate(text: "\(name).\(property.path)", owner: block.base, type: type)
  }

  /// The property, element or global that refers to an allocation.
  private func owner(of block: HeapBlock, depth: Int) -> ObjectNames.Candidate? {
    // What a class holds is nearer to the source than what a global refers to.
    let referrers = references.to(block.base)
    let nearest = referrers.filter { $0.block != nil } + referrers.filter { $0.block == nil }
    return nearest.lazy.compactMap { referrer in
      if let holder = referrer.block {
        return name(of: referrer.address, in: holder, depth: depth + 1)
      }
      // Only Swift's globals: tables of a runtime, this one's too, refer to everything.
      guard let symbol = symbols.symbol(at: referrer.address), !symbol.isFunction,
        symbol.name.hasPrefix("$s")
      else { return nil }
      return ObjectNames.Candidate(
        text: Demangling.shortName(symbol.name), owner: symbol.range.lowerBound)
    }.first
  }

  /// A byte of a collection's storage, which belongs to the variable `collection`.
  func element(
    at address: UInt, in block: HeapBlock, elements: (any Any.Type)?,
    of collection: ObjectNames.Candidate
  ) -> ObjectNames.Candidate {
    let offset = Int(address - block.base) - CollectionStorage.arrayHeaderSize
    let stride = elements.map(StoredProperty.stride) ?? 0
    guard let elements, stride > 0 else {
      let isElement = collection.text.hasPrefix("elements of ")
      return ObjectNames.Candidate(
        text: (isElement ? "" : "elements of ") + collection.text, owner: collection.owner)
    }
    guard offset >= 0 else {
      return ObjectNames.Candidate(text: "\(collection.text).count", owner: collection.owner)
    }
    let (index, rest) = offset.quotientAndRemainder(dividingBy: stride)
    return ObjectNames.Candidate(
      text: "\(collection.text)[\(index)]", owner: collection.owner,
      type: rest == 0 ? elements : nil)
  }
}
