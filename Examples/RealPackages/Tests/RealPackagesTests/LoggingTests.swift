import Foundation
import Lockstep
import Logging
import NIOConcurrencyHelpers
import Testing

@Suite struct `swift-log` {
  /// Keeps what is logged.
  struct Recorder: LogHandler {
    let lines: NIOLockedValueBox<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.withLockedValue { $0.append("\(event.message)") } }
  }

  @Test(.everySchedule) func `a logger of two threads loses no line`() {
    let lines = NIOLockedValueBox<[String]>([])
    let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
    inParallel(2) { logger.info("line") }
    #expect(lines.withLockedValue { $0 } == ["line", "line"])
  }

  @Test(.everySchedule) func `copies of a logger have metadata of their own`() {
    let lines = NIOLockedValueBox<[String]>([])
    let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
    inParallel(2) {
      var own = logger
      own[metadataKey: "thread"] = "own"
      own.info("line")
    }
    #expect(logger[metadataKey: "thread"] == nil)
  }
}
