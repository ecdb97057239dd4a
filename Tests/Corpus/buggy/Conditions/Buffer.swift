import Foundation

/// Room for one item, and one condition for all that wait, whatever for.
struct Buffer {
  var items = 0
  var taken = 0
  let wakesAll: Bool
  var lock = pthread_mutex_t()
  var changed = pthread_cond_t()

  init(wakesAll: Bool) { self.wakesAll = wakesAll }
}

extension UnsafeMutablePointer<Buffer> {
  fileprivate func put() {
    pthread_mutex_lock(&pointee.lock)
    while pointee.items == 1 { pthread_cond_wait(&pointee.changed, &pointee.lock) }
    pointee.items += 1
    wake()
    pthread_mutex_unlock(&pointee.lock)
  }

  fileprivate func take() {
    pthread_mutex_lock(&pointee.lock)
    while pointee.items == 0 { pthread_cond_wait(&pointee.changed, &pointee.lock) }
    pointee.items -= 1
    pointee.taken += 1
    wake()
    pthread_mutex_unlock(&pointee.lock)
  }

  private func wake() {
    if pointee.wakesAll {
      pthread_cond_broadcast(&pointee.changed)
    } else {
      pthread_cond_signal(&pointee.changed)
    }
  }
}

extension CorpusProgram {
  /// A consumer that takes an item signals, and wakes the other consumer instead of the producer.
  ///
  /// The count is that of a model of the program, found by brute force (`Exhaustive exploration`).
  static let signalledBuffer = CorpusProgram(
    "buffer", "two consumers and a producer wait on one condition, which is signalled",
    parameters: [], defaults: [], finding: "deadlock", classes: { _ in 40 }
  ) { _ in
    buffer(wakesAll: false)
  }

  /// All that wait are woken, and look again.
  static let broadcastBuffer = CorpusProgram(
    "buffer-fixed", "two consumers and a producer wait on one condition, and all are woken",
    parameters: [], defaults: [], classes: { _ in 40 }
  ) { _ in
    buffer(wakesAll: true)
  }

  private static func buffer(wakesAll: Bool) -> Int {
    withShared(Buffer(wakesAll: wakesAll)) { buffer in
      pthread_mutex_init(&buffer.pointee.lock, nil)
      pthread_cond_init(&buffer.pointee.changed, nil)
      let threads = Threads(count: 3)
      threads.start(0, buffer) { argument in
        let buffer = given(argument, as: Buffer.self)
        for _ in 1...2 { buffer.put() }
        return nil
      }
      for consumer in 1...2 {
        threads.start(consumer, buffer) { argument in
          given(argument, as: Buffer.self).take()
          return nil
        }
      }
      threads.join()
      return buffer.pointee.taken
    }
  }
}
