import Foundation

/// A ledger whose entries are counted by who enters, and looked through under the same lock.
private struct Ledger {
  var entries = 0
  var total = 0
  var lock = pthread_mutex_t()
  let heeds: Bool

  init(heeds: Bool) { self.heeds = heeds }
}

extension UnsafeMutablePointer<Ledger> {
  /// Makes the ledger's lock one of a type.
  fileprivate func makeLock(_ type: CInt) {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, type)
    pthread_mutex_init(&pointee.lock, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  /// Enters something, and when that was the second time, looks through what there is.
  fileprivate func enter() {
    pthread_mutex_lock(&pointee.lock)
    pointee.entries += 1
    if pointee.entries == 2 { sum() }
    pthread_mutex_unlock(&pointee.lock)
  }

  private func sum() {
    pthread_mutex_lock(&pointee.lock)
    pointee.total = pointee.entries
    pthread_mutex_unlock(&pointee.lock)
  }

  /// Adds one, and writes that down; the lock says if it is held already.
  fileprivate func add() {
    pthread_mutex_lock(&pointee.lock)
    note()
    pointee.total += 1
    pthread_mutex_unlock(&pointee.lock)
  }

  private func note() {
    let error = pthread_mutex_lock(&pointee.lock)
    pointee.entries += 1
    if error == 0 || !pointee.heeds { pthread_mutex_unlock(&pointee.lock) }
  }
}

extension CorpusProgram {
  private static func ledger(
    _ type: CInt, heeds: Bool, _ body: @escaping Threads.Body
  ) -> Int {
    withShared(Ledger(heeds: heeds)) { ledger in
      ledger.makeLock(type)
      let threads = Threads(count: 2)
      each(2) { threads.start($0, ledger, body) }
      threads.join()
      return ledger.pointee.total
    }
  }

  /// Whoever comes second waits for the lock that it holds: either of the two.
  static let relocked = CorpusProgram(
    "recursive", "who has a lock calls what takes it, the second time", parameters: [],
    defaults: [], finding: "deadlock", classes: { _ in 2 }
  ) { _ in
    ledger(CInt(PTHREAD_MUTEX_NORMAL), heeds: true) { argument in
      given(argument, as: Ledger.self).enter()
      return nil
    }
  }

  /// The same with a lock that its holder may take again.
  static let recursive = CorpusProgram(
    "recursive-fixed", "who has a recursive lock calls what takes it, the second time",
    parameters: [], defaults: [], classes: { _ in 2 }
  ) { _ in
    ledger(CInt(PTHREAD_MUTEX_RECURSIVE), heeds: true) { argument in
      given(argument, as: Ledger.self).enter()
      return nil
    }
  }

  /// A lock that was not had a second time is given up a second time, too early.
  ///
  /// What comes before that is in critical sections, in either order. What comes after is a read and a write
  /// of each thread, which nothing orders, as in `race`: four classes for each.
  static let givenUpTwice = CorpusProgram(
    "errorcheck", "who has a lock calls what tries it in vain, and gives it up all the same",
    parameters: [], defaults: [], finding: "lostUpdate", classes: { _ in 8 }
  ) { _ in
    ledger(CInt(PTHREAD_MUTEX_ERRORCHECK), heeds: false) { argument in
      given(argument, as: Ledger.self).add()
      return nil
    }
  }

  /// That it is held already is heeded.
  static let givenUpOnce = CorpusProgram(
    "errorcheck-fixed", "who has a lock calls what tries it in vain, and leaves it alone",
    parameters: [], defaults: [], classes: { _ in 2 }
  ) { _ in
    ledger(CInt(PTHREAD_MUTEX_ERRORCHECK), heeds: true) { argument in
      given(argument, as: Ledger.self).add()
      return nil
    }
  }
}
