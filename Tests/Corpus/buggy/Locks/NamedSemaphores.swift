import Foundation
import Synchronization

/// A semaphore of one permit that is found by its name.
private final class NamedSemaphoreGuard: Guard, @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>
  private let name: String

  init(name: String) {
    guard let semaphore = sem_open(name, O_CREAT, 0o600, 1), semaphore != SEM_FAILED else {
      preconditionFailure("a semaphore could not be opened")
    }
    self.semaphore = semaphore
    self.name = name
  }

  deinit {
    sem_close(semaphore)
    sem_unlink(name)
  }

  override func around(_ body: () -> Void) {
    sem_wait(semaphore)
    body()
    sem_post(semaphore)
  }
}

extension CorpusProgram {
  /// Names that no two programs of this process have, nor one of another process.
  private static let number = Atomic(0)

  private static func newName() -> String {
    "/corpus-\(getpid())-\(number.wrappingAdd(1, ordering: .relaxed).newValue)"
  }

  /// Threads open semaphores by a name each, or all by one.
  ///
  /// What each has for itself keeps nobody out: the classes of `race`. One is a lock.
  static let namedSemaphores = [
    counting(
      "named-semaphore", "threads count, each behind a semaphore of a name of its own",
      finding: "lostUpdate", classes: race.classes
    ) { count in (0..<count).map { _ in NamedSemaphoreGuard(name: newName()) } },
    counting(
      "named-semaphore-fixed", "threads count behind a semaphore that each finds by its name",
      classes: { arrangements(threads: $0[0], sections: $0[1]) }
    ) { count in
      let name = newName()
      return (0..<count).map { _ in NamedSemaphoreGuard(name: name) }
    },
  ]
}
