import Foundation

/// Threads of one program, started by plain `pthread_create`: no closure is boxed, and what a thread is
/// given is one pointer.
///
/// A program's steps are counted and its executions timed, so nothing here is kept in memory but the
/// threads' handles.
struct Threads {
  /// What a thread runs; it finds all that it needs from its argument.
  typealias Body = @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?

  private let handles: UnsafeMutablePointer<pthread_t>
  private let count: Int

  /// Room for so many threads.
  init(count: Int) {
    handles = .allocate(capacity: count)
    self.count = count
  }

  /// Starts thread `index`.
  func start(_ index: Int, _ argument: UnsafeMutableRawPointer, _ body: Body) {
    let error = pthread_create(handles + index, nil, body, argument)
    precondition(error == 0, "a thread could not be started")
  }

  /// Waits for all threads, which must have been started.
  func join() {
    each(count) { pthread_join(handles[$0], nil) }
    handles.deallocate()
  }
}

/// Calls something for each number below a count, which is kept in a register.
///
/// The iterator of a `for` loop is passed `inout`, which the compiler notes for the checkers of threads:
/// then it stays in memory, and is read and written more often than what the threads share.
@inline(__always)
func each(_ count: Int, _ body: (_ index: Int) -> Void) {
  var index = 0
  while index < count {
    body(index)
    index = index &+ 1
  }
}

/// What a thread was given, as a pointer to what it is.
func given<Shared: ~Copyable>(
  _ argument: UnsafeMutableRawPointer?, as _: Shared.Type
) -> UnsafeMutablePointer<Shared> {
  guard let argument else { preconditionFailure("a thread has an argument") }
  return argument.assumingMemoryBound(to: Shared.self)
}

/// Makes what threads share, hands it out, and takes it apart again.
func withShared<Shared: ~Copyable, Result>(
  _ shared: consuming Shared, _ body: (UnsafeMutablePointer<Shared>) -> Result
) -> Result {
  let pointer = UnsafeMutablePointer<Shared>.allocate(capacity: 1)
  pointer.initialize(to: shared)
  let result = body(pointer)
  pointer.deinitialize(count: 1)
  pointer.deallocate()
  return result
}

/// Zeroed memory for so many values, which are valid when all their bytes are zero.
func zeros<Value>(_ count: Int, of _: Value.Type) -> UnsafeMutablePointer<Value> {
  guard let memory = calloc(count, MemoryLayout<Value>.stride) else {
    preconditionFailure("there is memory for a small program")
  }
  return memory.bindMemory(to: Value.self, capacity: count)
}
