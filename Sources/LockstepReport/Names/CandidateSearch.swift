/// Looks for the name of one place, by reflection, references, symbols and source, in this order.
struct CandidateSearch {
  let symbols: ImageSymbols
  let sources: SourceFiles
  let references: References

  init(_ names: ObjectNames, _ references: References) {
    symbols = names.symbols
    sources = names.sources
    self.references = references
  }

  func candidate(_ place: NamedPlace) -> ObjectNames.Candidate {
    if let block = place.block {
      if let known = name(of: place.address, in: block, depth: 0) { return known }
    } else if let global = global(at: place.address, accesses: place.accesses) {
      return global
    }
    let type: (any AnyObject.Type)? = place.block.flatMap(instanceType)
    if let text = sourceName(place.accesses) {
      guard let block = place.block, let type, CollectionStorage(type) != nil else {
        return ObjectNames.Candidate(text: text)
      }
      // `counts` of `counts[i]`: which element it is, the address tells.
      let collection = text.hasSuffix("]") ? String(text.prefix { $0 != "[" }) : text
      return element(
        at: place.address, in: block, elements: CollectionStorage.elementType(type),
        of: ObjectNames.Candidate(text: collection, owner: block.base))
    }
    if let block = place.block, let type {
      guard CollectionStorage(type) == nil else {
        return ObjectNames.Candidate(text: "elements of a collection", owner: block.base)
      }
      return ObjectNames.Candidate(text: TypeName.short(type), owner: block.base)
    }
    // The lock of an NSLock that nobody refers to.
    if let holder = place.block.map(\.base).flatMap(libraryHolder) {
      return ObjectNames.Candidate(text: holder)
    }
    let what = place.isLock ? "lock" : "memory"
    guard let location = place.accesses.lazy.compactMap(\.location).first else {
      return ObjectNames.Candidate(text: "\(what) at 0x\(String(place.address, radix: 16))")
    }
    return ObjectNames.Candidate(text: "\(what) at \(location.text)")
  }

  private func instanceType(of block: HeapBlock) -> (any AnyObject.Type)? {
    guard case .instance(let type)? = SwiftObject(at: block, symbols: symbols) else { return nil }
    return type
  }

  private func libraryHolder(of base: UInt) -> String? {
    references.to(base).lazy.compactMap(\.block).compactMap(instanceType).first.map(TypeName.short)
  }

  /// The name that the source gives it where it is accessed.
  private func sourceName(_ accesses: [SourceFrame]) -> String? {
    accesses.lazy.compactMap { access in
      guard let location = access.location, let column = location.column,
        let line = sources.line(location)
      else { return nil }
      return SourceName.path(in: line, column: column)
    }.first
  }

  /// A global, and what of it: its name with the source's path behind it.
  private func global(at address: UInt, accesses: [SourceFrame]) -> ObjectNames.Candidate? {
    guard let symbol = symbols.symbol(at: address), !symbol.isFunction else { return nil }
    let fullName = Demangling.fullName(symbol.name)
    let name = ShortName.shorten(fullName)
    let last = name.split(separator: ".").last.map(String.init) ?? name
    if symbol.range.count > 8, let path = sourceName(accesses), path.hasPrefix(last + ".") {
      return ObjectNames.Candidate(
        text: name + path.dropFirst(last.count), owner: symbol.range.lowerBound)
    }
    let isWhole = address == symbol.range.lowerBound
    return ObjectNames.Candidate(
      text: name, owner: symbol.range.lowerBound,
      type: isWhole ? TypeName.simpleType(ofVariable: fullName) : nil)
  }
}
