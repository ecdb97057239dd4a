/// A stack of plain values that keeps its room: to take back its latest ones, however many, costs the
/// same as one.
///
/// What an exploration looks at in every step is kept in such: an element is one load or store, where an
/// array would see each time whether it is shared. So there is one owner. Places are checked in debug
/// builds only.
package struct Stack<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
  private var values: UnsafeMutablePointer<Element>
  private var room: Int
  package private(set) var count = 0

  package init(minimumCapacity: Int = 16) {
    room = max(minimumCapacity, 1)
    values = .allocate(capacity: room)
  }

  package init(repeating element: Element, count: Int) {
    self.init(minimumCapacity: count)
    append(repeating: element, count: count)
  }

  deinit { values.deallocate() }

  package var isEmpty: Bool { count == 0 }
  package var indices: Range<Int> { 0..<count }
  package var last: Element? { count == 0 ? nil : values[count - 1] }

  package subscript(index: Int) -> Element {
    get {
      assert(indices.contains(index))
      return values[index]
    }
    _modify {
      assert(indices.contains(index))
      yield &values[index]
    }
  }

  package mutating func append(_ element: Element) {
    if count == room { grow(to: count + 1) }
    (values + count).initialize(to: element)
    count += 1
  }

  package mutating func append(repeating element: Element, count more: Int) {
    if count + more > room { grow(to: count + more) }
    (values + count).initialize(repeating: element, count: more)
    count += more
  }

  package mutating func append(contentsOf elements: [Element]) {
    for element in elements { append(element) }
  }

  @discardableResult
  package mutating func removeLast() -> Element {
    assert(count > 0)
    count -= 1
    return values[count]
  }

  package mutating func popLast() -> Element? { count == 0 ? nil : removeLast() }

  /// Takes out an element; those after it move up.
  package mutating func remove(at index: Int) {
    assert(indices.contains(index))
    let after = count - index - 1
    (values + index).update(from: values + index + 1, count: after)
    count -= 1
  }

  /// Takes back all but the first `count`.
  ///
  /// - Precondition: there are as many.
  package mutating func truncate(to count: Int) {
    precondition(count <= self.count)
    self.count = count
  }

  package mutating func removeAll() { count = 0 }

  private mutating func grow(to least: Int) {
    room = max(2 * room, least)
    let wider = UnsafeMutablePointer<Element>.allocate(capacity: room)
    wider.moveInitialize(from: values, count: count)
    values.deallocate()
    values = wider
  }
}

extension Array {
  /// Removes all elements and keeps their room; where there are none, it costs nothing.
  mutating func clear() {
    if !isEmpty { removeAll(keepingCapacity: true) }
  }
}
