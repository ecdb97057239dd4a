import Foundation
import Synchronization

/// Interrupts a child when something would end us, while it runs.
///
/// Handlers rather than sources of Dispatch: on Linux those never see a signal that the main thread
/// ignores, and with a thread of its own for signals every other thread would have to block them.
struct SignalRelay {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  // Handlers can reach globals only.
  /// The child's process group, 0 while there is none.
  private static let group = Atomic<pid_t>(0)
  /// The first signal that came, 0 before.
  private static let received = Atomic<Int32>(0)

  private let relayed: [Int32]

  /// From here on the signals do not end this process; they wait for the child to be known.
  init() {
    Self.group.store(0, ordering: .sequentiallyConsistent)
    Self.received.store(0, ordering: .sequentiallyConsistent)
    relayed = Self.signals.filter { !Self.isIgnored($0) }
    for signal in relayed { Foundation.signal(signal, Self.handOn) }
  }

  func start(to group: pid_t) {
    Self.group.store(group, ordering: .sequentiallyConsistent)
    let early = Self.received.load(ordering: .sequentiallyConsistent)
    if early != 0 { kill(-group, SIGINT) }
  }

  /// Gives the signals back to this process, and says which one was handed on.
  func stop() -> Int32? {
    for signal in relayed { Foundation.signal(signal, SIG_DFL) }
    let signal = Self.received.load(ordering: .sequentiallyConsistent)
    return signal == 0 ? nil : signal
  }

  /// Async-signal-safe: atomics that `init` has touched before, and `kill`.
  private static let handOn: @convention(c) (Int32) -> Void = { signal in
    let (isFirst, _) = received.compareExchange(
      expected: 0, desired: signal, ordering: .sequentiallyConsistent)
    let group = group.load(ordering: .sequentiallyConsistent)
    // An interrupt, whatever came: SwiftPM ends its test processes at that, and leaves them behind
    // at the others. Whoever asks twice does not want to wait for it.
    if group != 0 { kill(-group, isFirst ? SIGINT : SIGKILL) }
  }

  /// `nohup` and shells' background jobs ignore signals on purpose.
  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
