import LockstepReport
import Testing

struct `The sentence of` {
  @Test func `a lost update`() {
    #expect(
      Summary.lostUpdate(threads: ["inc #1", "inc #2"], object: "Counter.total", value: "0")
        == "Lost update: inc #1 and inc #2 both read Counter.total = 0 before either wrote it back")
    #expect(
      Summary.lostUpdate(threads: ["a", "b", "c"], object: "total", value: nil)
        == "Lost update: a, b and c all read total before any wrote it back")
    #expect(
      Summary.overwritten(writer: "reset", by: "inc", object: "total")
        == "Lost update: inc wrote total from what it read before reset wrote it")
  }

  @Test func `a data race`() {
    #expect(
      Summary.dataRace(("inc #1", "writes"), ("main", "reads"), object: "total")
        == "Data race: inc #1 writes and main reads total with nothing to order them")
  }

  @Test func `a use after free`() {
    let used = SourceLocation(file: "a.c", line: 9, column: 3)
    let freed = SourceLocation(file: "a.c", line: 4, column: 3)
    #expect(
      Summary.useAfterFree(thread: "use", object: "node.value", at: used, freed: ("main", freed))
        == "Use after free: use used node.value at a.c:9 after main freed it at a.c:4")
    #expect(
      Summary.useAfterFree(thread: "main", object: "memory", at: nil, freed: nil)
        == "Use after free: main used memory after it was freed")
  }

  @Test func `a lock that is not what it is taken for`() {
    let lock = Summary.Place("lock", at: SourceLocation(file: "a.c", line: 9, column: 3))
    let earlier = SourceLocation(file: "a.c", line: 4, column: 3)
    #expect(
      Summary.inUse("destroyed", thread: "main", object: lock, holder: ("add", earlier))
        == "Destroyed in use: main destroyed lock at a.c:9 while add holds it since a.c:4")
    #expect(
      Summary.inUse("destroyed", thread: "main", object: lock, holder: nil)
        == "Destroyed in use: main destroyed lock at a.c:9 while another thread waits for it")
    #expect(
      Summary.usedAfterDestruction(thread: "add", object: lock, destroyed: ("main", earlier))
        == "Use after destruction: add used lock at a.c:9 after main destroyed it at a.c:4")
    #expect(
      Summary.unlockedByOther(thread: "main", lock: lock, holder: ("add", earlier))
        == "Unlock by another: main gave up lock at a.c:9, which add holds since a.c:4")
    #expect(
      Summary.unlockedByOther(thread: "main", lock: lock, holder: nil)
        == "Unlock by another: main gave up lock at a.c:9, which nobody holds")
    #expect(
      Summary.unlockedByOther(thread: "add", lock: lock, holder: ("add", earlier))
        == "Unlock by another: add gave up lock at a.c:9, which it took on another thread at a.c:4")
  }

  @Test func `a deadlock`() {
    #expect(
      Findings.deadlock.summary
        == "Deadlock: A holds accounts.x since Bank.swift:12 and waits for accounts.y at "
        + "Bank.swift:13; B holds accounts.y since Bank.swift:17 and waits for accounts.x at "
        + "Bank.swift:18")
    #expect(
      Summary.deadlock([("main", nil, .init("a signal of ready"))])
        == "Deadlock: main waits for a signal of ready")
  }

  @Test func `a lock order that is reversed`() {
    #expect(
      Findings.lockOrder.summary
        == "Potential deadlock: A took accounts.x at Bank.swift:12, then accounts.y at "
        + "Bank.swift:13; B took accounts.y at Bank.swift:17, then accounts.x at Bank.swift:18; "
        + "no explored schedule deadlocked on it")
    #expect(
      Summary.lockOrder([("a", .init("x"), .init("y")), ("b", .init("y"), .init("x"))])
        == "Potential deadlock: a took x, then y; b took y, then x; "
        + "no explored schedule deadlocked on it")
  }

  @Test func `a stale read`() {
    #expect(
      Findings.staleRead.summary
        == "Atomicity violation: withdraw #1 read Account.balance, withdraw #2 wrote it, and "
        + "withdraw #1 wrote it on the strength of what it had read; Bank.swift:31 and "
        + "Bank.swift:34 should have been one critical section of Account.lock")
    func sentence(_ read: Int?, _ write: Int?) -> String {
      Summary.staleRead(
        thread: "a", object: "x", lock: "l", read: read.map { Findings.place($0) },
        write: write.map { Findings.place($0) }, writer: "b")
    }
    let start = "Atomicity violation: a read x, b wrote it, and a wrote it on the strength of what "
    let end = " should have been one critical section of l"
    #expect(sentence(31, 31) == start + "it had read; both on Bank.swift:31" + end)
    #expect(sentence(nil, 31) == start + "it had read; both" + end)
  }

  @Test func `a leaked lock`() {
    #expect(
      Findings.leakedLock.summary
        == "Leaked lock: transfer #1 took bank.lock at Bank.swift:20, threw UnknownAccount at "
        + "Bank.swift:23 and ended without releasing it; transfer #2 waits for it at Bank.swift:20")
    #expect(
      Summary.leakedLock(thread: "a", lock: .init("lock"), error: nil, waiters: [])
        == "Leaked lock: a took lock and ended without releasing it")
  }

  @Test func `a failed assertion, a thrown error and a crash`() {
    let place = Findings.place(31)
    #expect(
      Summary.assertion("total == 6", at: place)
        == "Assertion failed: total == 6 at Bank.swift:31")
    #expect(
      Summary.thrownError("UnknownAccount", at: nil) == "Thrown error: UnknownAccount")
    #expect(
      Summary.crash(signal: "SIGTRAP", thread: "inc #1", at: place)
        == "Crash: inc #1 ended the process by SIGTRAP at Bank.swift:31")
  }

  @Test func `what is expected and does not come`() {
    #expect(
      Summary.notFound(["dataRace", "lostUpdate"], executions: 3)
        == "Not found: 'dataRace' or 'lostUpdate', which is expected, in 3 executions")
  }

  @Test func `a continuation that is resumed twice`() {
    let (first, second) = (Findings.place(3), Findings.place(5))
    #expect(
      Summary.resumedTwice(by: "a", at: first, andBy: "b", at: second)
        == "Continuation resumed twice: a resumed it at Bank.swift:3, and b again at Bank.swift:5")
    #expect(
      Summary.resumedTwice(by: "a", at: first, andBy: nil, at: second)
        == "Continuation resumed twice: a resumed it at Bank.swift:3, and again at Bank.swift:5")
  }

  @Test func `a leaked task`() {
    #expect(
      Summary.leakedTask(task: "a", at: Findings.place(3), others: ["b"])
        == "Leaked task: when all is over, a still waits at Bank.swift:3 for something that nobody is "
        + "left to do; so does b")
  }

  @Test func `a wait without a loop`() {
    #expect(
      Summary.waitWithoutLoop(
        waiter: "a", condition: "Box.arrival", waits: Findings.place(4),
        checked: .init("Box.isFull", at: Findings.place(3)), writer: "b", writes: Findings.place(9))
        == "Wait without a loop: a looked at Box.isFull at Bank.swift:3, waited for Box.arrival at "
        + "Bank.swift:4, and went on without looking again; b had written it at Bank.swift:9, but a "
        + "wait may end without that, or after others have changed it")
  }

  @Test func `differing outcomes`() {
    #expect(
      Summary.outcomes(["5": 1, "6": 3]) == "Differing outcomes: 2 where one is expected: 5, 6")
  }

  @Test func `what does not end`() {
    #expect(
      Summary.spinning(
        thread: "a", on: .init("Flag.isSet", at: Findings.place(3)), others: ["main", "b"])
        == "Livelock: a looks at Flag.isSet at Bank.swift:3 again and again, and nobody is left to "
        + "change it, and main and b wait with it")
    #expect(
      Summary.livelock(threads: ["a", "b"], steps: 400)
        == "Livelock: a and b keep taking steps without getting anywhere, 400 so far")
    #expect(
      Summary.livelock(threads: ["a"], steps: 1)
        == "Livelock: a keeps taking steps without getting anywhere, 1 so far")
    #expect(
      Summary.stepLimit(1000)
        == "Step limit: an execution may take at most 1000 steps; raise 'stepLimit' if it needs "
        + "more")
  }

  @Test func `a nondeterminism`() {
    #expect(
      Summary.nondeterminism(step: 4, expected: "inc #1: read total", met: "inc #1: lock a")
        == "Nondeterminism: diverged at step 4: expected inc #1: read total, met inc #1: lock a")
  }
}
