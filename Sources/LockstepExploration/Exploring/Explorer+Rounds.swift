internal import LockstepEngine

/// Threads that keep each other from getting on may do so in executions without end, of which the
/// strategies carry out ever longer beginnings. So where there is no end in sight, a little of the time
/// goes into executions in which a state of the whole program is looked for that comes again.
extension Explorer {
  /// Part of the budget within which most explorations are complete, and need none of it.
  private static let patience = 16
  /// Part of the time that is spent.
  private static let share = 20
  /// Executions after which there most likely is none.
  private static let most = 1000

  /// Whether it is time to look for such states.
  func isTimeForRounds(after elapsed: Duration) -> Bool {
    elapsed > configuration.budget / Self.patience && timeForRounds * Self.share < elapsed
      && roundProbes < Self.most
  }

  /// Leaves the latest execution somewhere, by chance or with turns for all, until a state comes again.
  mutating func probeForRounds() {
    let start = clock.now
    var random = SplitMix64(seed: UInt64(tally.executions))
    let threads = Array(execution.threads)
    // From the beginning, or as often among the first few steps as among the first thousand.
    let scale = UInt64(threads.count.bitWidth - threads.count.leadingZeroBitCount)
    let later = Int(random.next() & (1 << (random.next() % (scale + 1)) - 1))
    let count = random.next() & 1 == 0 ? 0 : later
    let isByChance = random.next() & 3 != 0
    lookForRound(
      Plan(
        prefix: Array(threads.prefix(count)),
        continuation: isByChance ? .random(seed: random.next()) : .nonPreemptive))
    timeForRounds += clock.now - start
    roundProbes += 1
  }

  /// Keeps the livelock that a plan leads to, up to where a state comes again.
  mutating func lookForRound(_ plan: Plan) {
    var plan = plan
    plan.branch = plan.prefix.count + 1
    plan.endsAtRound = true
    probe(plan) { execution, result, tally, native in
      guard execution.ending == .livelocked else { return }
      tally.keepLivelock(of: execution, result: result, native: native)
    }
  }
}
