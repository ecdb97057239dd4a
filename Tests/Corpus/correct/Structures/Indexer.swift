import Foundation

/// A hash table with open addressing, and a lock for each slot.
private struct Table {
  let slots: UnsafeMutablePointer<Int>
  let locks: UnsafeMutablePointer<pthread_mutex_t>

  static let size = 128

  /// Inserts the four keys of a thread.
  func insertKeys(of thread: Int) {
    for m in 1...4 {
      let key = m * 11 + thread
      var slot = (7 * key) % Self.size
      while !compareAndSwap(slot, key) { slot = (slot + 1) % Self.size }
    }
  }

  /// Writes a value where there is a zero, and says whether there was.
  func compareAndSwap(_ slot: Int, _ value: Int) -> Bool {
    pthread_mutex_lock(locks + slot)
    defer { pthread_mutex_unlock(locks + slot) }
    guard slots[slot] == 0 else { return false }
    slots[slot] = value
    return true
  }
}

/// A thread's share of the work.
private struct Inserter {
  let table: Table
  let thread: Int
}

extension CorpusProgram {
  private static let indexerClasses = [12: 8, 13: 64, 14: 512, 15: 4_096]

  /// Threads that each insert four keys into a table in which only some of them meet.
  ///
  /// (Flanagan, Godefroid: Dynamic Partial-Order Reduction, POPL 2005, figure 8.)
  static let indexer = CorpusProgram(
    "indexer", "threads insert four keys each into a hash table with a lock a slot",
    parameters: ["threads"], defaults: [12],
    classes: { sizes in sizes[0] < 12 ? 1 : indexerClasses[sizes[0]] }
  ) { sizes in
    let table = Table(
      slots: zeros(Table.size, of: Int.self), locks: zeros(Table.size, of: pthread_mutex_t.self))
    defer {
      table.slots.deallocate()
      table.locks.deallocate()
    }
    let inserters = UnsafeMutablePointer<Inserter>.allocate(capacity: sizes[0])
    defer { inserters.deallocate() }
    let threads = Threads(count: sizes[0])
    each(sizes[0]) { index in
      (inserters + index).initialize(to: Inserter(table: table, thread: index))
      threads.start(index, inserters + index) { argument in
        let inserter = given(argument, as: Inserter.self).pointee
        inserter.table.insertKeys(of: inserter.thread)
        return nil
      }
    }
    threads.join()
    return (0..<Table.size).count { table.slots[$0] != 0 }
  }
}
