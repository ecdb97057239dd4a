/// One allocation: where it begins and how many bytes were asked for.
package struct HeapBlock: Hashable, Sendable {
  package var base: UInt
  package var size: UInt

  package init(base: UInt, size: UInt) {
    self.base = base
    self.size = size
  }

  func contains(_ address: UInt) -> Bool { address >= base && address - base < size }
}
