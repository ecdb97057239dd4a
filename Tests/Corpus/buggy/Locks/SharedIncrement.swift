import Foundation

extension CorpusProgram {
  /// Shared holds exclude nothing: the counts are those of `race` with one increment.
  static let sharedIncrement = CorpusProgram(
    "shared", "two threads add one under a read-write lock held for reading", parameters: [],
    defaults: [], finding: "lostUpdate", classes: { _ in 4 }
  ) { _ in
    withShared(SharedCounter()) { counter in
      pthread_rwlock_init(&counter.pointee.lock, nil)
      let threads = Threads(count: 2)
      for index in 0..<2 {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: SharedCounter.self)
          pthread_rwlock_rdlock(&counter.pointee.lock)
          counter.pointee.total += 1
          pthread_rwlock_unlock(&counter.pointee.lock)
          return nil
        }
      }
      threads.join()
      return counter.pointee.total
    }
  }

  /// Who looks after the other filled does not fill.
  ///
  /// That is two classes. Else both look first, in an order that does not matter, and fill in one that
  /// does: two more.
  static let staleCache = CorpusProgram(
    "cache", "two threads look under a read lock, and fill under a write lock if it was empty",
    parameters: [], defaults: [], finding: "atomicity", classes: { _ in 4 }
  ) { _ in
    withShared(SharedCounter()) { counter in
      pthread_rwlock_init(&counter.pointee.lock, nil)
      let threads = Threads(count: 2)
      for index in 0..<2 {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: SharedCounter.self)
          pthread_rwlock_rdlock(&counter.pointee.lock)
          let isEmpty = counter.pointee.total == 0
          pthread_rwlock_unlock(&counter.pointee.lock)
          guard isEmpty else { return nil }
          pthread_rwlock_wrlock(&counter.pointee.lock)
          counter.pointee.total += 1
          pthread_rwlock_unlock(&counter.pointee.lock)
          return nil
        }
      }
      threads.join()
      return counter.pointee.total
    }
  }
}
