import Foundation

/// A thread of a team: what all of them share, and which one it is.
struct Member<Shared> {
  let shared: UnsafeMutablePointer<Shared>
  let index: Int
}

/// Threads of one program, started by plain `pthread_create`, with no closure to be boxed.
struct Team<Shared>: ~Copyable {
  private let members: UnsafeMutablePointer<Member<Shared>>
  private let handles: UnsafeMutablePointer<pthread_t>
  private let capacity: Int
  private var count = 0

  /// Room for so many threads.
  init(capacity: Int) {
    members = .allocate(capacity: capacity)
    handles = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  /// Starts the next thread; `body` is given a pointer to its `Member`.
  mutating func start(
    sharing shared: UnsafeMutablePointer<Shared>,
    _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  ) {
    precondition(count < capacity, "a team has room for its threads")
    (members + count).initialize(to: Member(shared: shared, index: count))
    let error = pthread_create(handles + count, nil, body, members + count)
    precondition(error == 0, "a thread could not be started")
    count += 1
  }

  /// Waits for all threads that were started.
  consuming func join() {
    for index in 0..<count { pthread_join(handles[index], nil) }
    members.deallocate()
    handles.deallocate()
  }
}

/// The member that a thread was started as.
func member<Shared>(
  _ argument: UnsafeMutableRawPointer?, of _: Shared.Type
) -> Member<Shared> {
  guard let argument else { preconditionFailure("a thread of a team has an argument") }
  return argument.assumingMemoryBound(to: Member<Shared>.self).pointee
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

/// How many ways there are to choose so many of a number of things.
func binomial(_ total: Int, _ chosen: Int) -> Int {
  (0..<chosen).reduce(1) { $0 * (total - $1) / ($1 + 1) }
}

/// Ways to put the critical sections of threads in order, each thread's in its own.
func arrangements(threads: Int, sections: Int) -> Int {
  (1...threads).reduce(1) { $0 * binomial($1 * sections, sections) }
}
