/// A stack of plain values that keeps its room: to take back its latest ones, however many, costs the
/// same as one.
package struct Stack<Element: BitwiseCopyable & Sendable>: Sendable {
  private var values: [Element] = []
  package private(set) var count = 0

  package init() {}

  package mutating func append(_ element: Element) {
    if count < values.count {
      values[count] = element
    } else {
      values.append(element)
    }
    count += 1
  }

  @discardableResult
  package mutating func removeLast() -> Element {
    count -= 1
    return values[count]
  }

  /// Takes back all but the first `count`.
  ///
  /// - Precondition: there are as many.
  package mutating func truncate(to count: Int) {
    precondition(count <= self.count)
    self.count = count
  }
}

extension Stack: RandomAccessCollection, MutableCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Element {
    get {
      assert(index < count)
      return values[index]
    }
    _modify {
      assert(index < count)
      yield &values[index]
    }
  }
}

extension Array {
  /// Removes all elements and keeps their room; where there are none, it costs nothing.
  mutating func clear() {
    if !isEmpty { removeAll(keepingCapacity: true) }
  }
}
