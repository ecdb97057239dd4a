import Dispatch
import Foundation
import Synchronization

/// A total of so many bytes that is changed by atomic operations only.
private class Cell: @unchecked Sendable {
  var total: Int { 0 }
  /// Loads, and stores one more.
  func loadAndStore() {}
  /// Exchanges what was loaded for one more, until it still was what was loaded.
  func exchange() {}
  /// The same by an exchange that may fail for nothing.
  func exchangeWeakly() {}
}

private final class Cell1: Cell, @unchecked Sendable {
  private let value = Atomic<UInt8>(0)

  override var total: Int { Int(value.load(ordering: .relaxed)) }
  override func loadAndStore() {
    value.store(value.load(ordering: .acquiring) &+ 1, ordering: .releasing)
  }
  override func exchange() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.compareExchange(
        expected: old, desired: old &+ 1, ordering: .acquiringAndReleasing)
    }
  }
  override func exchangeWeakly() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.weakCompareExchange(
        expected: old, desired: old &+ 1, ordering: .sequentiallyConsistent)
    }
  }
}

private final class Cell2: Cell, @unchecked Sendable {
  private let value = Atomic<UInt16>(0)

  override var total: Int { Int(value.load(ordering: .relaxed)) }
  override func loadAndStore() {
    value.store(value.load(ordering: .acquiring) &+ 1, ordering: .releasing)
  }
  override func exchange() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.compareExchange(
        expected: old, desired: old &+ 1, ordering: .acquiringAndReleasing)
    }
  }
  override func exchangeWeakly() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.weakCompareExchange(
        expected: old, desired: old &+ 1, ordering: .sequentiallyConsistent)
    }
  }
}

private final class Cell4: Cell, @unchecked Sendable {
  private let value = Atomic<UInt32>(0)

  override var total: Int { Int(value.load(ordering: .relaxed)) }
  override func loadAndStore() {
    value.store(value.load(ordering: .acquiring) &+ 1, ordering: .releasing)
  }
  override func exchange() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.compareExchange(
        expected: old, desired: old &+ 1, ordering: .acquiringAndReleasing)
    }
  }
  override func exchangeWeakly() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.weakCompareExchange(
        expected: old, desired: old &+ 1, ordering: .sequentiallyConsistent)
    }
  }
}

private final class Cell8: Cell, @unchecked Sendable {
  private let value = Atomic<UInt64>(0)

  override var total: Int { Int(value.load(ordering: .relaxed)) }
  override func loadAndStore() {
    value.store(value.load(ordering: .acquiring) &+ 1, ordering: .releasing)
  }
  override func exchange() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.compareExchange(
        expected: old, desired: old &+ 1, ordering: .acquiringAndReleasing)
    }
  }
  override func exchangeWeakly() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.weakCompareExchange(
        expected: old, desired: old &+ 1, ordering: .sequentiallyConsistent)
    }
  }
}

/// Two words at once, of which the first counts.
private final class Cell16: Cell, @unchecked Sendable {
  private let value = Atomic(WordPair(first: 0, second: 0))

  private static func next(_ old: WordPair) -> WordPair {
    WordPair(first: old.first &+ 1, second: old.second &- 1)
  }

  override var total: Int { Int(value.load(ordering: .relaxed).first) }
  override func loadAndStore() {
    value.store(Self.next(value.load(ordering: .acquiring)), ordering: .releasing)
  }
  override func exchange() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.compareExchange(
        expected: old, desired: Self.next(old), ordering: .acquiringAndReleasing)
    }
  }
  override func exchangeWeakly() {
    var old = value.load(ordering: .relaxed)
    var isDone = false
    while !isDone {
      (isDone, old) = value.weakCompareExchange(
        expected: old, desired: Self.next(old), ordering: .sequentiallyConsistent)
    }
  }
}

extension CorpusProgram {
  /// One of so many bytes; of as many as a word has, where that is no size of an atomic value.
  private static func cell(bytes: Int) -> Cell {
    switch bytes {
    case 1: Cell1()
    case 2: Cell2()
    case 4: Cell4()
    case 16: Cell16()
    default: Cell8()
    }
  }

  private static func changing(
    _ name: String, _ summary: String, finding: String? = nil,
    _ change: @escaping @Sendable (Cell) -> Void
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: ["bytes"], defaults: [8], finding: finding, classes: { _ in 4 }
    ) { sizes in
      let cell = cell(bytes: sizes[0])
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        change(cell)
        done.signal()
      }
      change(cell)
      done.wait()
      return cell.total
    }
  }

  /// A load and a store are atomic each, and not both together; an exchange says whether it was in time.
  ///
  /// By loads and stores there are the classes of `race`. By exchanges, either thread's comes first. The
  /// other has loaded before that, and exchanges again, or loads after it.
  static let exchanges = [
    changing("exchange", "two threads load a total and store one more", finding: "lostUpdate") {
      $0.loadAndStore()
    },
    changing("exchange-fixed", "two threads exchange a total for one more, if it is the same") {
      $0.exchange()
    },
    changing("exchange-weak", "the same by exchanges that may fail for nothing") {
      $0.exchangeWeakly()
    },
  ]
}
