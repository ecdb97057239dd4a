/// What an event acts on, named so that every execution of the same program gives it the same name.
///
/// The highest four bits tell the space, and what the others mean:
/// - `.address` (0): a byte outside what an execution allocates, such as a global, by its address;
/// - `.heap` (1): bits 40…47 the allocating thread, bits 0…39 the offset in that thread's arena;
/// - `.stack` (2): bits 40…47 the thread, bits 0…39 the distance below the top of its stack;
/// - `.thread` (3): a thread itself, as what a join waits for.
///
/// Bytes that follow one another in memory have names that follow one another.
package struct ObjectID: Hashable, Sendable, Codable, BitwiseCopyable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package enum Space: UInt8, Sendable {
    case address = 0
    case heap = 1
    case stack = 2
    case thread = 3
  }
}
