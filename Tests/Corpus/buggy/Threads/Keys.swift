import Foundation

/// Counts of threads, each kept by a key, that come together when the threads end.
private struct Collection {
  var total = 0
  let isLocked: Bool
  var lock = pthread_mutex_t()
  var key = pthread_key_t()

  init(isLocked: Bool) { self.isLocked = isLocked }
}

private func collectCount(_ value: UnsafeMutableRawPointer?) {
  let collection = given(value, as: Collection.self)
  if collection.pointee.isLocked { pthread_mutex_lock(&collection.pointee.lock) }
  collection.pointee.total += 1
  if collection.pointee.isLocked { pthread_mutex_unlock(&collection.pointee.lock) }
}

extension CorpusProgram {
  /// Destructors run in the threads whose values they are given: the counts are those of `race`.
  static let racingDestructors = CorpusProgram(
    "key", "two threads end, and a key's destructor adds to a total", parameters: [], defaults: [],
    finding: "lostUpdate", classes: { _ in race.classes([2, 1]) }
  ) { _ in
    collect(isLocked: false)
  }

  /// The same behind a lock: the destructors in either order.
  static let guardedDestructors = CorpusProgram(
    "key-fixed", "two threads end, and a key's destructor adds to a total behind a lock",
    parameters: [], defaults: [], classes: { _ in 2 }
  ) { _ in
    collect(isLocked: true)
  }

  private static func collect(isLocked: Bool) -> Int {
    withShared(Collection(isLocked: isLocked)) { collection in
      pthread_mutex_init(&collection.pointee.lock, nil)
      pthread_key_create(&collection.pointee.key) { collectCount($0) }
      let threads = Threads(count: 2)
      each(2) { index in
        threads.start(index, collection) { argument in
          pthread_setspecific(given(argument, as: Collection.self).pointee.key, argument)
          return nil
        }
      }
      threads.join()
      pthread_key_delete(collection.pointee.key)
      return collection.pointee.total
    }
  }
}
