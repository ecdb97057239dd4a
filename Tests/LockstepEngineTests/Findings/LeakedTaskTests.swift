import LockstepEngine
import Testing

@Suite struct `A leaked task` {
  private let task = ObjectID(1 << 60 | 0x9000)
  private let body = ObjectID(thread: ThreadID(0))

  private func leaked(
    _ ending: Execution.Ending = .completed, _ build: (inout TraceBuilder) -> Void
  ) -> [Int]? {
    Finding.leakedTasks(in: Execution(ending: ending, trace: TraceBuilder(build).events))?.steps
  }

  @Test func `is one that was suspended and did not go on`() {
    let steps = leaked {
      $0.add(1, .resume, task)
      $0.add(1, .suspend, task)
      $0.add(1, .call, Machine.library(0))
      $0.add(1, .exit, ObjectID(thread: ThreadID(1)))
    }
    #expect(steps == [3])
  }

  @Test func `is none that went on, on another thread or at once`() {
    let elsewhere = leaked {
      $0.add(1, .suspend, task)
      $0.add(2, .resume, task)
    }
    #expect(elsewhere == nil)
    let atOnce = leaked {
      $0.add(1, .suspend, task)
      $0.add(1, .read)
    }
    #expect(atOnce == nil)
  }

  @Test func `is none where that is the body, or the execution was cut short`() {
    #expect(leaked { $0.add(0, .suspend, body) } == nil)
    #expect(leaked(.stepLimit) { $0.add(1, .suspend, task) } == nil)
  }
}
