import Foundation

final class Crashing: @unchecked Sendable {
  var list = [1, 2, 3]
  var index = 0
  var pointer: UnsafeMutablePointer<Int>?
  let lock = NSLock()
}

/// Each crashes in those schedules alone in which the first thread is behind the second.
private func crashing(_ crash: @escaping @Sendable (Crashing) -> Void) -> Int {
  let state = Crashing()
  inParallel(
    { if state.lock.withLock({ state.index }) != 0 { crash(state) } },
    { state.lock.withLock { state.index = 1_000 } })
  return state.index
}

/// Fails a precondition.
public func fails() -> Int { crashing { _ in fatalError("a failed precondition") } }

/// Looks behind the end of an array.
public func indexesOutOfBounds() -> Int { crashing { state in _ = state.list[state.index] } }

/// Writes to memory that is not there.
public func readsNowhere() -> Int {
  crashing { _ in UnsafeMutablePointer<Int>(bitPattern: 0x10)?.pointee = 1 }
}

/// Ends the process outside of any exploration.
public func abortNow() { abort() }

/// Ends the process by the C library's means.
public func aborts() -> Int { crashing { _ in abort() } }

@inline(never)
private func recurse(_ depth: Int) -> Int {
  withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { bytes in
    bytes[depth & 255] = 1
    return recurse(depth + 1) &+ Int(bytes[depth & 255])
  }
}

/// Recurses until its stack is used up.
public func overflowsStack() -> Int { crashing { state in state.index = recurse(state.index) } }

/// Gives the same memory back twice.
public func freesTwice() -> Int {
  crashing { _ in
    let block = malloc(32)
    free(block)
    free(block)
  }
}

nonisolated(unsafe) private var resumption = sigjmp()
nonisolated(unsafe) private var caught = 0

/// Room for what the signal handler leaves behind.
private struct sigjmp {
  var page: UnsafeMutableRawPointer?
}

/// Catches its own SIGSEGV by making the page that was touched accessible.
public func catchesItsOwnFault() -> Int {
  caught = 0
  let page = mmap(nil, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  resumption.page = page
  var action = sigaction()
  var former = sigaction()
  action.__sigaction_handler.sa_handler = { _ in
    caught += 1
    mprotect(resumption.page, 4096, PROT_READ | PROT_WRITE)
  }
  sigaction(SIGSEGV, &action, &former)
  let state = Crashing()
  state.pointer = page?.assumingMemoryBound(to: Int.self)
  inParallel(
    { state.pointer?.pointee = 7 },
    { state.lock.withLock { state.index += 1 } })
  let value = state.pointer?.pointee ?? 0
  sigaction(SIGSEGV, &former, nil)
  munmap(page, 4096)
  return value * 10 + caught
}
