import Foundation

/// What two threads wait for in turn, on one condition.
struct Relay {
  var stage = 0
  let wakesAll: Bool
  var lock = pthread_mutex_t()
  var changed = pthread_cond_t()
  var firstIsThere = sem_t()

  init(wakesAll: Bool) { self.wakesAll = wakesAll }
}

extension UnsafeMutablePointer<Relay> {
  fileprivate func wait(for stage: Int) {
    while pointee.stage != stage { pthread_cond_wait(&pointee.changed, &pointee.lock) }
  }

  fileprivate func advance(to stage: Int) {
    pointee.stage = stage
    if pointee.wakesAll {
      pthread_cond_broadcast(&pointee.changed)
    } else {
      pthread_cond_signal(&pointee.changed)
    }
  }
}

extension CorpusProgram {
  /// A signal for one of two that wait for different things may wake the other, who waits again.
  ///
  /// The first thread waits before the second does, so that a signal for who has waited longest would
  /// never go wrong. The stage is set before the first comes: one class. Before the second does: two, by
  /// who of them takes the lock next. Or when both wait: the signal wakes the first, or the second.
  static let signalledRelay = CorpusProgram(
    "relay", "two threads wait for different stages on one condition, which is signalled",
    parameters: [], defaults: [], finding: "deadlock", classes: { _ in 5 }
  ) { _ in
    relay(wakesAll: false)
  }

  /// The same with a wake-up for all: those who were not meant wait again.
  ///
  /// As before, but in the end both are woken, and one or the other takes the lock first.
  static let broadcastRelay = CorpusProgram(
    "relay-fixed", "two threads wait for different stages on one condition, and all are woken",
    parameters: [], defaults: [], classes: { _ in 5 }
  ) { _ in
    relay(wakesAll: true)
  }

  /// Three threads: the first goes from stage 1 to 2, which the second waits for.
  private static func relay(wakesAll: Bool) -> Int {
    withShared(Relay(wakesAll: wakesAll)) { relay in
      pthread_mutex_init(&relay.pointee.lock, nil)
      pthread_cond_init(&relay.pointee.changed, nil)
      sem_init(&relay.pointee.firstIsThere, 0, 0)
      let threads = Threads(count: 3)
      threads.start(0, relay) { argument in
        let relay = given(argument, as: Relay.self)
        pthread_mutex_lock(&relay.pointee.lock)
        sem_post(&relay.pointee.firstIsThere)
        relay.wait(for: 1)
        relay.advance(to: 2)
        pthread_mutex_unlock(&relay.pointee.lock)
        return nil
      }
      threads.start(1, relay) { argument in
        let relay = given(argument, as: Relay.self)
        sem_wait(&relay.pointee.firstIsThere)
        pthread_mutex_lock(&relay.pointee.lock)
        relay.wait(for: 2)
        pthread_mutex_unlock(&relay.pointee.lock)
        return nil
      }
      threads.start(2, relay) { argument in
        let relay = given(argument, as: Relay.self)
        pthread_mutex_lock(&relay.pointee.lock)
        relay.advance(to: 1)
        pthread_mutex_unlock(&relay.pointee.lock)
        return nil
      }
      threads.join()
      return 0
    }
  }
}
