import Foundation

/// Inodes and blocks of a small file system, with a lock for each.
private struct Disk {
  let inodes: UnsafeMutablePointer<Int>
  let busy: UnsafeMutablePointer<Bool>
  let inodeLocks: UnsafeMutablePointer<pthread_mutex_t>
  let blockLocks: UnsafeMutablePointer<pthread_mutex_t>

  static let inodeCount = 32
  static let blockCount = 26
  /// Blocks that are tried before giving up.
  static let attempts = 10

  func deallocate() {
    inodes.deallocate()
    busy.deallocate()
    inodeLocks.deallocate()
    blockLocks.deallocate()
  }

  /// Gives an inode that has none a block.
  func allocateBlock(forInode inode: Int) {
    pthread_mutex_lock(inodeLocks + inode)
    defer { pthread_mutex_unlock(inodeLocks + inode) }
    guard inodes[inode] == 0 else { return }
    var block = (inode * 2) % Self.blockCount
    for _ in 0..<Self.attempts {
      let lock = blockLocks + block
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      if !busy[block] {
        busy[block] = true
        inodes[inode] = block + 1
        return
      }
      block = (block + 1) % Self.blockCount
    }
  }
}

/// What a thread is to do.
private struct Request {
  let disk: Disk
  let inode: Int
}

extension CorpusProgram {
  private static let filesystemClasses = [14: 2, 15: 4, 16: 8, 17: 16, 18: 32, 19: 64, 20: 128]

  /// Threads that each want a block for an inode, and of which only some want the same ones.
  ///
  /// (Flanagan, Godefroid: Dynamic Partial-Order Reduction, POPL 2005, figure 9.)
  static let filesystem = CorpusProgram(
    "filesystem", "threads take a block each for their inodes, with a lock for each",
    parameters: ["threads"], defaults: [16],
    classes: { sizes in sizes[0] < 14 ? 1 : filesystemClasses[sizes[0]] }
  ) { sizes in
    let disk = Disk(
      inodes: zeros(Disk.inodeCount, of: Int.self), busy: zeros(Disk.blockCount, of: Bool.self),
      inodeLocks: zeros(Disk.inodeCount, of: pthread_mutex_t.self),
      blockLocks: zeros(Disk.blockCount, of: pthread_mutex_t.self))
    defer { disk.deallocate() }
    let requests = UnsafeMutablePointer<Request>.allocate(capacity: sizes[0])
    defer { requests.deallocate() }
    let threads = Threads(count: sizes[0])
    for index in 0..<sizes[0] {
      (requests + index).initialize(to: Request(disk: disk, inode: index % Disk.inodeCount))
      threads.start(index, requests + index) { argument in
        let request = given(argument, as: Request.self).pointee
        request.disk.allocateBlock(forInode: request.inode)
        return nil
      }
    }
    threads.join()
    return (0..<Disk.blockCount).count { disk.busy[$0] }
  }
}
