import Foundation

/// An account whose lock outlives who holds it.
private struct Account {
  var balance = 100
  var lock = pthread_mutex_t()
  let isMended: Bool

  init(isMended: Bool) { self.isMended = isMended }
}

extension UnsafeMutablePointer<Account> {
  fileprivate func makeLock() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_setrobust(&attributes, CInt(PTHREAD_MUTEX_ROBUST))
    pthread_mutex_init(&pointee.lock, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  /// Takes the lock, and goes on with what its last holder left.
  fileprivate func lock() {
    let error = pthread_mutex_lock(&pointee.lock)
    if error == EOWNERDEAD, pointee.isMended { pthread_mutex_consistent(&pointee.lock) }
  }
}

extension CorpusProgram {
  /// A thread ends while it holds a lock behind which three others pay in.
  ///
  /// With the lock told that all is well: whoever comes, in every order, 4!. Without, whoever comes next
  /// has the lock, and who comes after that has not and goes on without it. Of the 3! orders of the others
  /// with the dead one in each of four places, that makes a difference where it is first: then two of them
  /// read and write without a lock, as in `race`, four classes for each. 3! · (4 + 1 + 1 + 1).
  private static func robust(
    _ name: String, _ summary: String, finding: String?, classes: Int, isMended: Bool
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: finding, classes: { _ in classes }
    ) { _ in
      withShared(Account(isMended: isMended)) { account in
        account.makeLock()
        let threads = Threads(count: 4)
        threads.start(0, account) { argument in
          given(argument, as: Account.self).lock()
          return nil
        }
        for index in 1...3 {
          threads.start(index, account) { argument in
            let account = given(argument, as: Account.self)
            account.lock()
            account.pointee.balance += 1
            pthread_mutex_unlock(&account.pointee.lock)
            return nil
          }
        }
        threads.join()
        return account.pointee.balance
      }
    }
  }

  /// What is not said to be consistent can never be locked again.
  static let unmended = robust(
    "robust",
    "threads count behind a lock whose owner died, and which is not told that all is well",
    finding: "lostUpdate", classes: 42, isMended: false)

  /// The lock is told.
  static let mended = robust(
    "robust-fixed",
    "threads count behind a lock whose owner died, and which is told that all is well",
    finding: nil, classes: 24, isMended: true)
}
