import Foundation
import Synchronization

/// A dictionary that is filled as it is asked for.
final class Loader: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Int: Int] = [:]
  private let loads = Mutex(0)

  var loadCount: Int { loads.withLock { $0 } }

  private func load(_ key: Int) -> Int {
    loads.withLock { $0 += 1 }
    return key * 2
  }

  /// Looks in one critical section and stores in another.
  func value(of key: Int) -> Int {
    if let known = lock.withLock({ values[key] }) { return known }
    let value = load(key)
    lock.withLock { values[key] = value }
    return value
  }

  /// The same, but whoever comes second takes what the first has stored.
  func valueCheckedAgain(of key: Int) -> Int {
    if let known = lock.withLock({ values[key] }) { return known }
    let value = load(key)
    return lock.withLock {
      if let known = values[key] { return known }
      values[key] = value
      return value
    }
  }
}

/// Two that ask for the same; how often it was loaded.
public func loadedTwice() -> Int {
  let loader = Loader()
  inParallel({ _ = loader.value(of: 1) }, { _ = loader.value(of: 1) })
  return loader.loadCount
}

/// The same with another look before the store.
public func loadedAndCheckedAgain() -> Int {
  let loader = Loader()
  inParallel({ _ = loader.valueCheckedAgain(of: 1) }, { _ = loader.valueCheckedAgain(of: 1) })
  return loader.loadCount
}

/// Two that ask for different things.
public func loadedApart() -> Int {
  let loader = Loader()
  inParallel({ _ = loader.value(of: 1) }, { _ = loader.value(of: 2) })
  return loader.loadCount
}

/// A room for one, whose guests look whether there is room and enter in two critical sections.
public func guestsBeyondRoom() -> Int {
  let guests = Mutex<[Int]>([])
  let enter = { @Sendable (name: Int) in
    if guests.withLock({ $0.count }) < 1 { guests.withLock { $0.append(name) } }
  }
  inParallel({ enter(1) }, { enter(2) })
  return guests.withLock { $0.count }
}

/// What a lock guards is a part of a structure; two take one of two each unless it is the last.
public func takenToTheLast() -> Int {
  struct Shelf {
    var name = "shelf"
    var books = [1, 2]
  }
  let shelf = Mutex(Shelf())
  let take = { @Sendable in
    if shelf.withLock({ $0.books.count }) > 1 { shelf.withLock { _ = $0.books.removeFirst() } }
  }
  inParallel({ take() }, { take() })
  return shelf.withLock { $0.books.count }
}

/// The insertion itself tells who was first.
public func insertedOnce() -> Int {
  let seen = Mutex<Set<Int>>([])
  let count = Mutex(0)
  let insert = { @Sendable in
    if seen.withLock({ $0.contains(7) }) { return }
    if seen.withLock({ $0.insert(7).inserted }) { count.withLock { $0 += 1 } }
  }
  inParallel({ insert() }, { insert() })
  return count.withLock { $0 }
}

/// What the removal gives tells whether there was something.
public func takenIfThere() -> Int {
  let items = Mutex([1])
  let handled = Mutex(0)
  let take = { @Sendable in
    if items.withLock({ $0.isEmpty }) { return }
    if let item = items.withLock({ $0.popLast() }) { handled.withLock { $0 += item } }
  }
  inParallel({ take() }, { take() })
  return handled.withLock { $0 }
}

/// Lines of a log, counted before for nothing.
public func linesOfLog() -> Int {
  let lines = Mutex<[Int]>([])
  let add = { @Sendable (number: Int) in
    _ = lines.withLock { $0.count }
    lines.withLock { $0.append(number) }
  }
  inParallel({ add(1) }, { add(2) })
  return lines.withLock { $0.count }
}

private actor TaskLoader {
  private var values: [Int: Int] = [:]
  private(set) var loadCount = 0

  private func load(_ key: Int) async -> Int {
    loadCount += 1
    await Task.yield()
    return key * 2
  }

  /// Looks, waits, and stores whatever came in between.
  func value(of key: Int) async -> Int {
    if let known = values[key] { return known }
    let value = await load(key)
    values[key] = value
    return value
  }

  /// The same, but whoever comes second takes what the first has stored.
  func valueCheckedAgain(of key: Int) async -> Int {
    if let known = values[key] { return known }
    let value = await load(key)
    if let known = values[key] { return known }
    values[key] = value
    return value
  }
}

/// Two tasks that ask an actor for the same; how often it was loaded.
public func loadedTwiceByTasks() async -> Int {
  let loader = TaskLoader()
  async let first = loader.value(of: 1)
  async let second = loader.value(of: 1)
  _ = await (first, second)
  return await loader.loadCount
}

/// The same with another look after the wait.
public func loadedAndCheckedAgainByTasks() async -> Int {
  let loader = TaskLoader()
  async let first = loader.valueCheckedAgain(of: 1)
  async let second = loader.valueCheckedAgain(of: 1)
  _ = await (first, second)
  return await loader.loadCount
}
