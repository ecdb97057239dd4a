import Foundation

/// A counter, and a lock that its readers share.
struct SharedCounter {
  var total = 0
  var lock = pthread_rwlock_t()
}

extension CorpusProgram {
  /// The writers in some order, and each reader before, between or after them: *w*! · (*w* + 1)^*r*.
  static let readersWriters = CorpusProgram(
    "rwlock", "threads read a counter under a read-write lock, and others add to it",
    parameters: ["readers", "writers"], defaults: [2, 2],
    classes: { sizes in
      (1...sizes[1]).reduce(1, *) * (0..<sizes[0]).reduce(1) { count, _ in count * (sizes[1] + 1) }
    }
  ) { sizes in
    withShared(SharedCounter()) { counter in
      pthread_rwlock_init(&counter.pointee.lock, nil)
      let threads = Threads(count: sizes[0] + sizes[1])
      for index in 0..<sizes[0] {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: SharedCounter.self)
          pthread_rwlock_rdlock(&counter.pointee.lock)
          let total = counter.pointee.total
          pthread_rwlock_unlock(&counter.pointee.lock)
          return UnsafeMutableRawPointer(bitPattern: total)
        }
      }
      for index in sizes[0]..<sizes[0] + sizes[1] {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: SharedCounter.self)
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
