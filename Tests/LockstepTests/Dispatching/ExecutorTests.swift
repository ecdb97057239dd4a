import ExploredPrograms
import Lockstep
import Testing

@Suite struct `Executors over Dispatch` {
  @Test func `have an actor's jobs come one after another in their queue`() throws {
    var configuration = Configuration()
    configuration.strategy = .exhaustive
    configuration.name = #function
    configuration.probe = ExploredPrograms.probe
    let exploration = try explore(configuration) { await actorOnQueue() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(!exploration.reasons.contains(.uncontrolled), "\(exploration)")
    #expect(Set(exploration.outcomes.keys).isSubset(of: [[1, 2], [2, 1]]))
    #expect(!exploration.outcomes.isEmpty)
  }

  @Test func `share the main queue with the main actor`() throws {
    var configuration = Configuration()
    configuration.strategy = .exhaustive
    configuration.name = #function
    configuration.probe = ExploredPrograms.probe
    let exploration = try explore(configuration) { await mainQueueAndMainActor() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [2])
  }
}
