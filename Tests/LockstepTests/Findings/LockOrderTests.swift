import ExploredPrograms
import Lockstep
import Testing

@Suite struct `Locks in opposite order` {
  @Test func `that a semaphore keeps apart are a potential deadlock`() throws {
    let exploration = try exploredAndReplayed("handedOverLocks", handedOverLocks)
    #expect(Set(exploration.outcomes.keys) == [2])
    #expect(exploration.findings.map(\.kind) == ["lockOrder"], "\(exploration)")
    #expect(
      exploration.findings.first?.summary
        == "Potential deadlock: leftFirst took Pair.left at LockOrders.swift:11, then Pair.right "
        + "at LockOrders.swift:12; handedOverLocks took Pair.right at LockOrders.swift:19, then "
        + "Pair.left at LockOrders.swift:20; no explored schedule deadlocked on it")
    #expect(exploration.verdict == .fail)
  }

  @Test func `with nothing to keep them apart are a deadlock, and no potential one`() throws {
    let exploration = try exploredAndReplayed("reversedLocks", reversedLocks)
    #expect(exploration.findings.map(\.kind) == ["deadlock"], "\(exploration)")
  }

  @Test(
    arguments: [
      ("gatedLocks", gatedLocks), ("locksOneAfterTheOther", locksOneAfterTheOther),
    ] as [(String, @Sendable () -> Int)])
  func `that a gate or the threads' lives keep apart are none`(
    _ name: String, _ program: @escaping @Sendable () -> Int
  ) throws {
    let exploration = try explored(named: name, program)
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.isComplete)
  }
}
