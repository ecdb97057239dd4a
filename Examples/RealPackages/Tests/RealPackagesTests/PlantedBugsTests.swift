import AsyncAlgorithms
import Atomics
import Foundation
import Lockstep
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import ServiceLifecycle
import Testing

/// The same packages, each used wrongly: that must be found.
@Suite struct `Planted bugs` {
  @Test func `a channel that nobody finishes`() throws {
    let exploration = try explore(budget: .seconds(20), expecting: .finding("neverResumed")) {
      () async -> Int in
      let channel = AsyncChannel<Int>()
      async let sent: Void = channel.send(1)
      var count = 0
      for await _ in channel { count += 1 }
      await sent
      return count
    }
    #expect(exploration.findings.first?.kind == "neverResumed", "\(exploration)")
  }

  @Test func `an atomic that is loaded and stored`() throws {
    let exploration = try explore(budget: .seconds(20), expecting: .finding("lostUpdate")) {
      let count = ManagedAtomic(0)
      inParallel(2) {
        let value = count.load(ordering: .relaxed)
        count.store(value + 1, ordering: .relaxed)
      }
      return count.load(ordering: .relaxed)
    }
    #expect(exploration.findings.first?.kind == "lostUpdate", "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1, 2])
  }

  @Test func `a locked value that is read and written under two locks`() throws {
    let exploration = try explore(budget: .seconds(20), expecting: .finding("atomicity")) {
      let box = NIOLockedValueBox(1)
      inParallel(2) {
        if box.withLockedValue({ $0 > 0 }) { box.withLockedValue { $0 -= 1 } }
      }
    }
    #expect(exploration.findings.first?.kind == "atomicity", "\(exploration)")
  }

  @Test func `work of a thread pool that shares a variable`() throws {
    let exploration = try explore(
      .exhaustive(preemptions: 1), budget: .seconds(20),
      expecting: .finding("lostUpdate", "dataRace")
    ) {
      let pool = NIOThreadPool(numberOfThreads: 2)
      pool.start()
      let box = Box(0)
      let done = DispatchSemaphore(value: 0)
      for _ in 0..<2 {
        pool.submit { _ in
          box.content += 1
          done.signal()
        }
      }
      for _ in 0..<2 { done.wait() }
      try? pool.syncShutdownGracefully()
      return box.content
    }
    let kinds = Set(exploration.findings.map(\.kind))
    #expect(!kinds.isDisjoint(with: ["lostUpdate", "dataRace"]), "\(exploration)")
  }

  /// Counts the lines, and guards nothing.
  private struct Counter: LogHandler {
    let count: Box
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { count.content += 1 }
  }

  @Test func `a log handler that guards nothing`() throws {
    let exploration = try explore(budget: .seconds(20), expecting: .finding("lostUpdate")) {
      let count = Box(0)
      let logger = Logger(label: "test") { _ in Counter(count: count) }
      inParallel(2) { logger.info("line") }
      return count.content
    }
    #expect(exploration.findings.first?.kind == "lostUpdate", "\(exploration)")
  }

  /// Counts how many services have run, and guards nothing.
  private struct Counting: Service {
    let count: Box

    func run() async throws { count.content += 1 }
  }

  @Test func `services that share a variable`() throws {
    let exploration = try explore(
      .random(seed: 1), budget: .seconds(20), expecting: .finding("lostUpdate", "dataRace")
    ) { () async -> Int in
      let count = Box(0)
      let services = (0..<2).map { _ in
        ServiceGroupConfiguration.ServiceConfiguration(
          service: Counting(count: count), successTerminationBehavior: .ignore)
      }
      let group = ServiceGroup(
        configuration: .init(
          services: services, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
      try? await group.run()
      return count.content
    }
    let kinds = Set(exploration.findings.map(\.kind))
    #expect(!kinds.isDisjoint(with: ["lostUpdate", "dataRace"]), "\(exploration)")
  }
}
