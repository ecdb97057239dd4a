import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `What the kernel says of a thread` {
  private let status = """
    Name:\tworker 1
    State:\tS (sleeping)
    voluntary_ctxt_switches:\t12
    nonvoluntary_ctxt_switches:\t3

    """

  private func task(_ call: String) -> TaskState {
    TaskState(thread: 7, status: status, call: call)
  }

  @Test func `is read from its files`() {
    let task = task("202 0x55d2 0x80 0x2 0x0 0x0 0x7f 0x7ffc 0x7efc\n")
    #expect(task.name == "worker 1")
    #expect(task.state == "S")
    #expect(task.switches == 15)
    #expect(task.call?.number == 202)
    #expect(task.call?.arguments == [0x55d2, 0x80, 2, 0, 0, 0x7f])
    #expect(task.call?.stackPointer == 0x7ffc)
    #expect(task.call?.programCounter == 0x7efc)
  }

  @Test func `is no call while it runs, or outside of one`() {
    #expect(task("running\n").call == nil)
    #expect(task("-1 0x7ffc 0x7efc\n").call == nil)
    #expect(task("").call == nil)
  }

  @Test func `tells futex waits apart`() throws {
    func futex(_ line: String) -> FutexWait? { task(line).call.flatMap(FutexWait.init) }
    let wait = try #require(futex("202 0x10 0x80 0x2 0x0 0x0 0x0 0x1 0x1"))
    #expect(!wait.isTimed && !wait.isShared && !wait.isPriorityInheriting && wait.address == 16)
    #expect(futex("202 0x10 0x189 0x0 0x7f00 0x0 0xffffffff 0x1 0x1")?.isTimed == true)
    #expect(futex("202 0x10 0x109 0x5 0x0 0x0 0xffffffff 0x1 0x1")?.isShared == true)
    #expect(futex("202 0x10 0x86 0x0 0x0 0x0 0x0 0x1 0x1")?.isPriorityInheriting == true)
    #expect(futex("202 0x10 0x81 0x1 0x0 0x0 0x0 0x1 0x1") == nil)
    #expect(futex("0 0x0 0x80 0x2 0x0 0x0 0x0 0x1 0x1") == nil)
  }

  @Test func `is that of this process, too`() {
    let tasks = TaskState.tasks(of: getpid())
    #expect(tasks.contains { $0.thread == getpid() })
    #expect(TaskState.tasks(of: Int32.max).isEmpty)
  }
}
