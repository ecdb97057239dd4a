import Foundation
import LockstepTerminal

/// Keeps a second `lockstep test` of one scratch path waiting, as SwiftPM does for itself: both
/// would write their results to one folder.
///
/// The kernel gives the lock back when the process ends, whichever way.
struct ScratchLock {
  private let descriptor: Int32

  /// - Throws: `CommandError` when the folder is not writable.
  init(folder: String) throws {
    let path = "\(folder)/results.lock"
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CommandError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
    StandardError.write(Message.waiting(folder: folder))
    while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
  }

  func release() {
    close(descriptor)
  }
}
