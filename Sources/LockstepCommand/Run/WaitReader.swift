import Foundation
import LockstepReport

/// Tells from a thread's system call, its record and the memory of what it waits for who can wake it.
struct WaitReader {
  let memory: ProcessMemory
  let symbols: ImageSymbols
  let table: WatchTable
  /// Threads that exist.
  let threads: Set<Int32>

  func activity(of task: TaskState) -> ThreadActivity {
    guard task.state == "S", let call = task.call else { return .mayRun }
    guard let futex = FutexWait(call) else {
      return waitsForOwnEvents(call, of: task.thread) ? .idle : .mayRun
    }
    let record = table.threads[task.thread]
    guard !futex.isTimed else {
      return record.map { isIdleWorker($0, futex) } == true ? .idle : .mayRun
    }
    if let record, let joined = joined(by: record, futex) {
      return .waits(Wait(kind: .join, object: futex.address, wakers: .owners([joined])))
    }
    // A waker in another process is out of sight.
    guard !futex.isShared else { return .mayRun }
    return .waits(wait(of: task.thread, record, futex))
  }

  private func wait(of thread: Int32, _ record: ThreadRecord?, _ futex: FutexWait) -> Wait {
    if futex.isPriorityInheriting {
      // The kernel's contract for FUTEX_LOCK_PI: the word is 0 or the owner's id and two flags.
      let owner = word(futex.address).map { Int32(bitPattern: $0 & 0x3fff_ffff) } ?? 0
      return Wait(kind: .swiftMutex, object: futex.address, wakers: owners([owner]))
    }
    let unknown = Wait(kind: .futex, object: futex.address, wakers: .anyone)
    guard let record else { return unknown }
    let object = record.object
    switch object.kind {
    case .mutex where futex.address == object.address:
      return Wait(kind: .mutex, object: object.address, wakers: mutexOwner(object.address))
    case .condition where (object.address..<object.address + 48).contains(futex.address):
      return Wait(kind: .condition, object: object.address, wakers: .anyone)
    case .condition:
      // The condition was signalled, and now the wait needs the mutex again.
      guard case .owners(let owners) = mutexOwner(futex.address), word(futex.address) == 2 else {
        return unknown
      }
      return Wait(kind: .mutex, object: futex.address, wakers: .owners(owners))
    case .semaphore where futex.address == object.address:
      return Wait(kind: .semaphore, object: object.address, wakers: takers(of: object, not: thread))
    case .reading where (object.address..<object.address + 56).contains(futex.address):
      return Wait(kind: .readLock, object: object.address, wakers: writer(of: object.address))
    case .writing where (object.address..<object.address + 56).contains(futex.address):
      return Wait(
        kind: .writeLock, object: object.address, wakers: writerOrReaders(of: object.address))
    case .futex where futex.address & ~7 == object.address:
      return queueWait(of: thread, record) ?? unknown
    default: return unknown
    }
  }

  // MARK: Locks

  private func word(_ address: UInt) -> UInt32? { memory.value(at: address, as: UInt32.self) }

  /// An owner of 0 is one that is just letting go.
  private func owners(_ threads: [Int32]) -> Wait.Wakers {
    threads.isEmpty || threads.contains(0) ? .anyone : .owners(threads)
  }

  /// `__data` of `pthread_mutex_t`: `__lock`, `__count`, `__owner`, `__nusers`, `__kind`.
  private func mutexOwner(_ address: UInt) -> Wait.Wakers {
    guard !table.handedOver.contains(.init(address: address, kind: .mutex)),
      let kind = word(address + 16), kind & 128 == 0, let owner = word(address + 8)
    else { return .anyone }
    return owners([Int32(bitPattern: owner & 0x3fff_ffff)])
  }

  /// `__cur_writer` and `__shared` of `pthread_rwlock_t`.
  private func writer(of address: UInt) -> Wait.Wakers {
    guard !table.handedOver.contains(.init(address: address, kind: .writing)),
      let writer = word(address + 24), word(address + 28) == 0
    else { return .anyone }
    return owners([Int32(bitPattern: writer)])
  }

  private func writerOrReaders(of address: UInt) -> Wait.Wakers {
    let wakers = writer(of: address)
    let isHandedOver = table.handedOver.contains(.init(address: address, kind: .writing))
    guard wakers == .anyone, !isHandedOver, !isAnyRecordCut, word(address + 28) == 0 else {
      return wakers
    }
    return owners(table.holders(of: .init(address: address, kind: .reading)))
  }

  /// Who took a semaphore that nobody but its takers ever posted; taken by the one who waits, it is
  /// more likely one that others are to post.
  private func takers(of object: ThreadRecord.Object, not thread: Int32) -> Wait.Wakers {
    guard !isAnyRecordCut, !table.handedOver.contains(object) else { return .anyone }
    let takers = table.holders(of: object)
    return takers.isEmpty || takers.contains(thread) ? .anyone : .takers(takers)
  }

  private var isAnyRecordCut: Bool {
    table.isIncomplete || table.threads.values.contains(where: \.holdsMore)
      || table.gone.contains(where: \.holdsMore)
  }

  /// glibc waits for `pthread.tid`, which the kernel clears at the thread's end.
  private func joined(by record: ThreadRecord, _ futex: FutexWait) -> Int32? {
    guard record.object.kind == .join,
      (record.object.address..<record.object.address + 4096).contains(futex.address),
      let word = word(futex.address)
    else { return nil }
    let joined = Int32(bitPattern: word)
    return threads.contains(joined) ? joined : nil
  }

  // MARK: Dispatch

  /// `dispatch_queue_s.dq_state` keeps the thread that runs a serial queue's work in its low bits.
  private func queueWait(of thread: Int32, _ record: ThreadRecord) -> Wait? {
    guard let queue = record.outer, record.outerFrame > record.frame,
      isDispatch(caller(of: record)),
      let state = word(queue.address + 56)
    else { return nil }
    let owner = Int32(bitPattern: state & 0x3fff_ffff)
    let isPlausible = owner != thread && threads.contains(owner)
    return Wait(
      kind: .queue, object: queue.address, wakers: isPlausible ? .owners([owner]) : .anyone)
  }

  private func caller(of record: ThreadRecord) -> UInt {
    memory.value(at: record.frame + 8, as: UInt.self) ?? 0
  }

  private func isDispatch(_ address: UInt) -> Bool {
    symbols.file(at: address)?.hasSuffix("/libdispatch.so") == true
  }

  /// Workers of libdispatch's pool wait for work for a few seconds, at a semaphore of the library's.
  private func isIdleWorker(_ record: ThreadRecord, _ futex: FutexWait) -> Bool {
    record.object == .init(address: futex.address, kind: .semaphore) && isDispatch(record.start)
      && isDispatch(caller(of: record)) && isDispatch(futex.address)
  }

  /// Whether libdispatch's manager waits for nothing that could come from outside.
  ///
  /// As long as the program asked for no events, there are only the library's own: a counter that the
  /// process's threads write to, and a timer with which it watches its pool.
  private func waitsForOwnEvents(_ call: TaskState.SystemCall, of thread: Int32) -> Bool {
    guard !table.usesDispatchEvents, [232, 281].contains(call.number),
      UInt32(truncatingIfNeeded: call.arguments[3]) == .max,
      let start = table.threads[thread]?.start, isDispatch(start)
    else { return false }
    return EventDescriptors(process: memory.process).areAllInternal(in: call.arguments[0])
  }
}

/// What an epoll descriptor of a process looks at: see proc(5), `/proc/pid/fdinfo`.
struct EventDescriptors {
  let process: Int32

  func areAllInternal(in poll: UInt) -> Bool {
    guard let text = TaskState.text("/proc/\(process)/fdinfo/\(poll)") else { return false }
    // tfd:        5 events:       19 data: ...
    let targets = text.split(separator: "\n").filter { $0.hasPrefix("tfd:") }
      .compactMap { $0.split(separator: " ").dropFirst().first }
    return targets.allSatisfy { isInternal(String($0)) }
  }

  private func isInternal(_ descriptor: String) -> Bool {
    let path = "/proc/\(process)/fd/\(descriptor)"
    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    return target == "anon_inode:[eventfd]" || target == "anon_inode:[timerfd]"
  }
}
