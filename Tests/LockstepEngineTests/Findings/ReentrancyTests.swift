import LockstepEngine
import Testing

@Suite struct `Reentrancy of an actor` {
  private let body = ObjectID(thread: ThreadID(0))
  private let task = ObjectID(1 << 60 | 0x9000)

  private func steps(_ build: (inout TraceBuilder) -> Void) -> [[Int]] {
    var reentrancy = Reentrancy()
    // The body's task begins the trace, as it does where tasks are explored.
    let trace = Array(TraceBuilder(build).events.drop { $0.kind == .spawn })
    let execution = Execution(ending: .completed, trace: trace)
    return reentrancy.record(execution).map(\.finding.steps)
  }

  @Test func `is a task's store of what it read before it was suspended, and another wrote`() {
    let found = steps {
      $0.add(0, .resume, body)
      $0.add(0, .read, at: 1)
      $0.add(0, .suspend, body)
      $0.add(2, .resume, task)
      $0.add(2, .write, value: 1, at: 2)
      $0.add(2, .suspend, task)
      $0.add(1, .resume, body)
      $0.add(1, .write, value: 1, at: 3)
    }
    #expect(found == [[1, 4, 7]])
  }

  @Test func `is none where the task was not suspended, although others began`() {
    let found = steps {
      $0.add(0, .resume, body)
      $0.add(0, .read, at: 1)
      $0.add(2, .resume, task)
      $0.add(2, .write, value: 1, at: 2)
      $0.add(2, .suspend, task)
      $0.add(0, .write, value: 1, at: 3)
    }
    #expect(found == [])
  }

  @Test func `is none where another task began on a thread that the task has left`() {
    let found = steps {
      $0.add(2, .resume, body)
      $0.add(2, .suspend, body)
      $0.add(1, .resume, body)
      $0.add(1, .read, at: 1)
      // A thread's number is given again.
      $0.add(2, .resume, task)
      $0.add(2, .write, value: 1, at: 2)
      $0.add(2, .suspend, task)
      $0.add(1, .write, value: 1, at: 3)
    }
    #expect(found == [])
  }

  /// Each `Task.sleep` is a task of Swift's own.
  @Test(arguments: [(63, true), (64, false)])
  func `is looked for among so many tasks that access memory, of however many`(
    count: Int, isAll: Bool
  ) {
    var reentrancy = Reentrancy()
    let trace = TraceBuilder { builder in
      for number in 0..<100 {
        builder.add(2, .resume, ObjectID(1 << 60 | UInt64(0x1000 + number * 16)))
        if number < count { builder.add(2, .write, value: 1, at: 1) }
      }
      builder.add(0, .resume, body)
      builder.add(0, .read, at: 1)
    }.events
    _ = reentrancy.record(Execution(ending: .completed, trace: trace))
    #expect(reentrancy.leavesOut != isAll)
  }
}
