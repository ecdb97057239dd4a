import LockstepEngine
import Testing

@Suite struct `Runners of a trace` {
  private let task = ObjectID(1 << 60 | 0x9000)
  private let other = ObjectID(1 << 60 | 0xA000)

  private func runners(_ build: (inout TraceBuilder) -> Void) -> [UInt8] {
    var runners = Runners()
    runners.update(Array(TraceBuilder(build).events.drop { $0.kind == .spawn }))
    return runners.ofEvents.map(\.rawValue)
  }

  @Test func `are tasks, wherever they go on`() {
    let found = runners {
      $0.add(0, .resume, task)
      $0.add(0, .suspend, task)
      $0.add(1, .resume, other)
      $0.add(2, .resume, task)
      $0.add(2, .write, value: 1, at: 1)
      $0.add(1, .write, value: 1, at: 2)
    }
    #expect(found == [0, 0, 1, 0, 0, 1])
  }

  @Test func `do what their threads do before they go on`() {
    let found = runners {
      $0.add(1, .read, at: 1)
      $0.add(2, .read, at: 2)
      $0.add(2, .resume, task)
      $0.add(1, .resume, other)
    }
    #expect(found == [0, 1, 1, 0])
  }

  @Test func `do nothing after the exits of their threads, whose numbers are given again`() {
    let found = runners {
      $0.add(0, .read, at: 1)
      $0.add(1, .resume, task)
      $0.add(1, .exit, task)
      $0.add(1, .read, at: 2)
      $0.add(1, .exit, task)
      $0.add(1, .read, at: 3)
      $0.add(1, .resume, task)
    }
    #expect(found == [0, 1, 1, 2, 2, 1, 1])
  }

  @Test func `are threads that do nothing but wait, too`() throws {
    let trace = TraceBuilder { $0.add(0, .resume, task) }.events
    var execution = Execution(ending: .deadlocked, trace: trace)
    execution.blocked = [.init(thread: ThreadID(1), kind: .lock, object: other)]
    let runners = try #require(Runners(execution))
    #expect(runners.runner(on: ThreadID(1)).rawValue == 1)
    #expect(runners.firstThreads == [ThreadID(0), ThreadID(1)])
  }
}
