/// A thread of one execution, numbered in the order in which the threads were created.
///
/// Thread 0 runs the body that is explored.
package struct ThreadID: Hashable, Comparable, Sendable, Codable, BitwiseCopyable {
  package let rawValue: UInt8

  package init(_ rawValue: UInt8) { self.rawValue = rawValue }

  package static func < (left: ThreadID, right: ThreadID) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The most threads that one execution may have: a `ThreadSet` is one machine word.
package let maximumThreadCount = 64

/// A set of threads of one execution, one bit a thread.
package struct ThreadSet: Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package static let none = ThreadSet(rawValue: 0)
}
