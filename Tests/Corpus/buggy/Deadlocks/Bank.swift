import Foundation

/// Two accounts, and a lock for each.
private struct Bank {
  var first = 10
  var second = 10
  var firstLock = pthread_mutex_t()
  var secondLock = pthread_mutex_t()
}

extension CorpusProgram {
  /// Two transfers in opposite directions, each locking first where its money comes from.
  static let bank = CorpusProgram(
    "bank", "two transfers lock two accounts in opposite order", parameters: [], defaults: [],
    finding: "deadlock", classes: { _ in 3 }
  ) { _ in
    withShared(Bank()) { bank in
      let threads = Threads(count: 2)
      threads.start(0, bank) { argument in
        let bank = given(argument, as: Bank.self)
        pthread_mutex_lock(&bank.pointee.firstLock)
        pthread_mutex_lock(&bank.pointee.secondLock)
        bank.pointee.first -= 1
        bank.pointee.second += 1
        pthread_mutex_unlock(&bank.pointee.secondLock)
        pthread_mutex_unlock(&bank.pointee.firstLock)
        return nil
      }
      threads.start(1, bank) { argument in
        let bank = given(argument, as: Bank.self)
        pthread_mutex_lock(&bank.pointee.secondLock)
        pthread_mutex_lock(&bank.pointee.firstLock)
        bank.pointee.second -= 1
        bank.pointee.first += 1
        pthread_mutex_unlock(&bank.pointee.firstLock)
        pthread_mutex_unlock(&bank.pointee.secondLock)
        return nil
      }
      threads.join()
      return bank.pointee.first * 100 + bank.pointee.second
    }
  }
}
