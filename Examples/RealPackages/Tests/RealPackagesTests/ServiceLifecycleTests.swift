import Lockstep
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import Testing

@Suite struct `swift-service-lifecycle` {
  /// Runs until it is told to stop.
  struct Worker: Service {
    let stopped: NIOLockedValueBox<Int>

    func run() async throws {
      try? await gracefulShutdown()
      stopped.withLockedValue { $0 += 1 }
    }
  }

  @Test(.everySchedule) func `a shutdown stops the service, whenever it comes`() async throws {
    let stopped = NIOLockedValueBox(0)
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(
            service: Worker(stopped: stopped), successTerminationBehavior: .gracefullyShutdownGroup)
        ],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    async let running: Void = group.run()
    await group.triggerGracefulShutdown()
    try await running
    #expect(stopped.withLockedValue { $0 } == 1)
  }
}
