/// A thread stored what rests on a read in an earlier critical section of the same lock, and between
/// the two sections another thread's store, under that lock too, made the read stale.
///
/// Each access is guarded, so it is neither a data race nor a lost update: what is not atomic is the
/// check and the act together.
package struct StaleRead: Equatable, Sendable {
  /// Places in the program (`Event.place`) of a read, of the same thread's first read in the later critical section,
  /// and of its store there.
  package struct Pattern: Hashable, Sendable, Codable {
    package var read: UInt64
    package var again: UInt64
    package var store: UInt64

    package init(read: UInt64, again: UInt64, store: UInt64) {
      self.read = read
      self.again = again
      self.store = store
    }

    /// Whether it is by the same instructions, whoever called the functions that they are in.
    package func isAlike(_ other: Pattern) -> Bool {
      [read ^ other.read, again ^ other.again, store ^ other.store].allSatisfy { $0 << 16 == 0 }
    }
  }

  /// Its steps are the read, the other thread's store, and the store.
  package var finding: Finding
  /// Nil where the thread did not look again before it stored: a finding whatever else is seen.
  ///
  /// Correct programs have such patterns too. Which they are shows in all executions together: see
  /// `StaleReads.isConfirmed`.
  package var pattern: Pattern?
  /// What speaks against it, and cannot be told without the values.
  package var doubt: Doubt?

  package enum Doubt: Sendable {
    /// In its later critical section, the thread read at several places before it stored.
    ///
    /// Of a number, that is another look that the store rests on; but what adds to a collection looks at it
    /// several times.
    case looksTwice
    /// The store is what a library did to the variable, and then the thread accessed it itself: it may have been
    /// handed to it for no more than that.
    case mayOnlyOpen
  }

  package init(finding: Finding, pattern: Pattern? = nil, doubt: Doubt? = nil) {
    self.finding = finding
    self.pattern = pattern
    self.doubt = doubt
  }
}
