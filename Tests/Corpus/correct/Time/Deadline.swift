import Foundation

/// A result that somebody waits for until a time has come.
struct Awaited {
  var result = 0
  var taken = 0
  var lock = pthread_mutex_t()
  var arrival = pthread_cond_t()
  var semaphore = sem_t()
}

/// A minute from now, by a clock.
func inAMinute(_ clock: clockid_t = CLOCK_REALTIME) -> timespec {
  var time = timespec()
  clock_gettime(clock, &time)
  time.tv_sec += 60
  return time
}

extension CorpusProgram {
  /// The result is there at once, or the wait for it ends by the signal or in vain.
  ///
  /// At once: one class. By the signal: one. In vain, and the lock is taken again before the other
  /// takes it, or after that: two.
  static let deadline = CorpusProgram(
    "deadline", "a thread waits for a result for a minute, and looks once more", parameters: [],
    defaults: [], classes: { _ in 4 }
  ) { _ in
    withShared(Awaited()) { awaited in
      let threads = Threads(count: 2)
      threads.start(0, awaited) { argument in
        let awaited = given(argument, as: Awaited.self)
        var end = inAMinute()
        pthread_mutex_lock(&awaited.pointee.lock)
        while awaited.pointee.result == 0 {
          let error = pthread_cond_timedwait(
            &awaited.pointee.arrival, &awaited.pointee.lock, &end)
          if error != 0 { break }
        }
        awaited.pointee.taken = awaited.pointee.result
        pthread_mutex_unlock(&awaited.pointee.lock)
        return nil
      }
      threads.start(1, awaited) { argument in
        let awaited = given(argument, as: Awaited.self)
        pthread_mutex_lock(&awaited.pointee.lock)
        awaited.pointee.result = 7
        pthread_cond_signal(&awaited.pointee.arrival)
        pthread_mutex_unlock(&awaited.pointee.lock)
        return nil
      }
      threads.join()
      return awaited.pointee.taken
    }
  }

  /// Sleeps come to one sum in every order.
  static let sleepers = CorpusProgram(
    "sleepers", "threads sleep an hour each, one after the other or not", parameters: ["threads"],
    defaults: [3], classes: { _ in 1 }
  ) { sizes in
    withShared(Awaited()) { awaited in
      var begin = timespec()
      clock_gettime(CLOCK_MONOTONIC, &begin)
      let threads = Threads(count: sizes[0])
      for index in 0..<sizes[0] {
        threads.start(index, awaited) { _ in
          sleep(3600)
          return nil
        }
      }
      threads.join()
      var end = timespec()
      clock_gettime(CLOCK_MONOTONIC, &end)
      return end.tv_sec - begin.tv_sec
    }
  }
}
