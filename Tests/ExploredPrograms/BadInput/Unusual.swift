import Dispatch
import Foundation
import Synchronization

/// Works on its own.
public func startsNoThread() -> Int {
  let flags = Flags()
  flags.count += 1
  return flags.count
}

/// Returns while the threads that it started still run.
public func returnsEarly() -> Int {
  let flags = Flags()
  for _ in 0..<2 {
    Thread { flags.lock.withLock { flags.count += 1 } }.start()
  }
  return 0
}

/// What runs of the same schedule have in common, and should not.
private let runs = Atomic<Int>(0)

/// Does something else in each run: takes as many steps as it was run before.
public func changesFromRunToRun() -> Int {
  let flags = Flags()
  let steps = runs.wrappingAdd(1, ordering: .relaxed).newValue % 7
  inParallel(
    { for _ in 0..<steps { flags.lock.withLock { flags.count += 1 } } },
    { flags.lock.withLock { flags.count += 1 } })
  return flags.count
}

/// What a body throws.
public struct Overdrawn: Error, CustomStringConvertible {
  /// How much is missing.
  public let missing: Int
  /// A phrase for people.
  public var description: String { "overdrawn by \(missing)" }
}

/// Throws in those schedules in which an update was lost.
public func throwsSometimes() throws -> Int {
  let shared = Shared()
  inParallel({ shared.count += 1 }, { shared.count += 1 })
  if shared.count != 2 { throw Overdrawn(missing: 2 - shared.count) }
  return shared.count
}

/// Throws in every schedule.
public func throwsAlways() throws -> Int {
  inParallel({}, {})
  throw Overdrawn(missing: 1)
}

/// Starts so many threads and waits for none.
public func startsManyThreads(_ count: Int) -> Int {
  let flags = Flags()
  var threads: [Thread] = []
  for _ in 0..<count {
    let thread = Thread { flags.atomic.store(true, ordering: .relaxed) }
    thread.start()
    threads.append(thread)
  }
  return 0
}

/// As many threads as that, each joined before the next one starts, and then three that add one each.
public func startsOneAfterAnother(_ count: Int, locked: Bool) -> Int {
  let flags = Flags()
  for _ in 0..<count { inParallel({ flags.count += 1 }) }
  let add: @Sendable () -> Void = {
    if locked {
      flags.lock.withLock { flags.count += 1 }
    } else {
      flags.count += 1
    }
  }
  inParallel(add, add, add)
  return flags.count - count
}

/// A process run and waited for by Foundation.
public func runsProcess() -> Int {
  let flags = Flags()
  inParallel(
    { flags.lock.withLock { flags.count += 1 } },
    {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/true")
      try? process.run()
      process.waitUntilExit()
      flags.lock.withLock { flags.count += 1 }
    })
  return flags.count
}

/// A process forked while threads run, by the C library's function, which Swift does not offer.
public func forks() -> Int {
  typealias Fork = @convention(c) () -> pid_t
  guard let symbol = dlsym(nil, "fork") else { return -1 }
  let fork = unsafeBitCast(symbol, to: Fork.self)
  let flags = Flags()
  inParallel(
    { flags.lock.withLock { flags.count += 1 } },
    {
      let child = fork()
      if child == 0 { _exit(7) }
      var status: Int32 = 0
      waitpid(child, &status, 0)
      flags.lock.withLock { flags.count += Int(status >> 8) }
    })
  return flags.count
}

/// Spawned by `posix_spawn` and waited for in the kernel.
public func spawnsProcess() -> Int {
  let flags = Flags()
  inParallel(
    { flags.lock.withLock { flags.count += 1 } },
    {
      var child = pid_t()
      var status: Int32 = 0
      let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/true"), nil]
      if posix_spawn(&child, "/bin/true", nil, nil, arguments, nil) == 0 {
        waitpid(child, &status, 0)
      }
      free(arguments[0])
      flags.lock.withLock { flags.count += 1 }
    })
  return flags.count
}

/// Has a queue look after a source that is no timer.
public func usesDataSource() -> Int {
  let flags = Flags()
  nonisolated(unsafe) let source = DispatchSource.makeUserDataAddSource(queue: .global())
  source.resume()
  inParallel({ flags.lock.withLock { flags.count += 1 } }, { source.add(data: 1) })
  source.cancel()
  return flags.count
}

/// Leaves work to a task of Swift's.
public func usesTask() -> Int {
  let flags = Flags()
  Task.detached { flags.atomic.store(true, ordering: .relaxed) }
  inParallel({ flags.lock.withLock { flags.count += 1 } }, {})
  return flags.count
}

/// More memory than an arena holds.
public func takesHugeMemory() -> Int {
  let flags = Flags()
  inParallel(
    {
      for _ in 0..<3 {
        let block = UnsafeMutableRawPointer.allocate(byteCount: 600 << 20, alignment: 4096)
        block.storeBytes(of: 1, as: Int.self)
        block.deallocate()
      }
      flags.lock.withLock { flags.count += 1 }
    },
    { flags.lock.withLock { flags.count += 1 } })
  return flags.count
}

@inline(never)
private func depth(_ left: Int) -> Int {
  left == 0 ? 0 : 1 &+ depth(left - 1)
}

/// Recursion as deep as eight megabytes of stack easily hold.
public func recursesDeeply() -> Int {
  let flags = Flags()
  inParallel(
    {
      let reached = depth(20_000)
      flags.lock.withLock { flags.count += reached }
    },
    { flags.lock.withLock { flags.count += 1 } })
  return flags.count
}
