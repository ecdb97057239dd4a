internal import CorpusInC
import Dispatch
import Foundation

/// What a thread gives, and by what it says so.
private final class Delivery: @unchecked Sendable {
  var value = 0
  let hasCome = DispatchSemaphore(value: 0)
}

/// A thread that gives, and has a part in what it gives to.
private func startDelivery(to delivery: Delivery) -> pthread_t {
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(delivery).toOpaque()
  let error = pthread_create(&thread, nil, { deliver($0) }, argument)
  precondition(error == 0, "a thread could not be started")
  return thread
}

private func deliver(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let delivery = Unmanaged<Delivery>.fromOpaque(argument).takeRetainedValue()
  delivery.value = 7
  delivery.hasCome.signal()
  return nil
}

extension CorpusProgram {
  /// Nobody waits for the thread: its result is read before it is written, or after.
  static let unawaitedThread = CorpusProgram(
    "detach", "a result is read that a detached thread gives", parameters: [], defaults: [],
    finding: "dataRace", classes: { _ in 2 }
  ) { _ in
    let delivery = Delivery()
    pthread_detach(startDelivery(to: delivery))
    return delivery.value
  }

  /// The thread says when it is there: there is nothing to choose.
  static let awaitedThread = CorpusProgram(
    "detach-fixed", "a result is read after a detached thread said that it is there",
    parameters: [], defaults: [], classes: { _ in 1 }
  ) { _ in
    let delivery = Delivery()
    pthread_detach(startDelivery(to: delivery))
    delivery.hasCome.wait()
    return delivery.value
  }

  /// A join that came too early is taken for one that did not, or is heeded.
  ///
  /// It comes after the thread's end, and the result is read then: one class. Or it comes before. If that
  /// is heeded, the thread is joined: the second class. If not, the result is read before it is written, or
  /// after: two.
  private static func joins(
    _ name: String, _ summary: String, _ attempt: @escaping @Sendable (pthread_t) -> CInt
  ) -> [CorpusProgram] {
    [
      CorpusProgram(
        name, "a thread's result is read \(summary), whether it has ended or not", parameters: [],
        defaults: [], finding: "dataRace", classes: { _ in 3 }
      ) { _ in join(attempt, heedsFailure: false) },
      CorpusProgram(
        "\(name)-fixed", "a thread's result is read \(summary), if it has ended", parameters: [],
        defaults: [], classes: { _ in 2 }
      ) { _ in join(attempt, heedsFailure: true) },
    ]
  }

  private static func join(_ attempt: (pthread_t) -> CInt, heedsFailure: Bool) -> Int {
    let delivery = Delivery()
    let thread = startDelivery(to: delivery)
    let hasEnded = attempt(thread) == 0
    if !hasEnded, heedsFailure { pthread_join(thread, nil) }
    let value = delivery.value
    if !hasEnded, !heedsFailure { pthread_join(thread, nil) }
    return value
  }

  /// The ways to join a thread that do not wait for good.
  static let earlyJoins: [CorpusProgram] =
    joins("tryjoin", "after an attempt to join it") { pthread_tryjoin_np($0, nil) }
    + joins("timedjoin", "after a minute's wait at most") {
      var end = inAMinute()
      return pthread_timedjoin_np($0, nil, &end)
    }
    + joins("clockjoin", "after a minute's wait at most, by a clock that nobody sets") {
      var end = inAMinute(CLOCK_MONOTONIC)
      return pthread_clockjoin_np($0, nil, CLOCK_MONOTONIC, &end)
    }
}
