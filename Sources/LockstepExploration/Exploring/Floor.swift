internal import CLockstepRuntime
internal import LockstepEngine
package import LockstepReport

/// The bare cost of executions: their switches and thread starts, with nobody who looks at them.
package enum Floor {
  /// Carries out as many schedules of a body as that, at random but always the same ones.
  ///
  /// Only the runtime works: no strategy, no trace is read, and outcomes are not counted. Memory
  /// that is shared was learned before the clock starts.
  ///
  /// - Throws: `ExplorationError.noMemory`.
  package static func measure(
    _ name: String, executions: Int, body: @escaping () -> Int
  ) throws -> UnitReport {
    let native = try NativeExploration(mode: NativeExploration.mode)
    let runner = BodyRunner(BareBody(body))
    var seeds = SplitMix64(seed: 1)
    func run(_ plan: Plan) {
      _ = native.run(NativePlan(plan: plan, stepLimit: 20_000), runner)
      native.finish()
    }
    var warmUps = 0
    repeat {
      run(Plan())
      warmUps += 1
    } while native.isWarmUp && warmUps < 10
    for _ in 0..<100 { run(Plan(continuation: .random(seed: seeds.next()))) }

    var steps = 0
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<executions {
      run(Plan(continuation: .random(seed: seeds.next())))
      steps += native.events.count
    }
    return UnitReport(
      unit: name, verdict: .inconclusive, incompleteBecause: [.budget], strategy: "floor",
      executions: executions, steps: steps, seconds: (clock.now - start) / .seconds(1))
  }
}

/// A body whose results nobody needs.
private final class BareBody: ExploredBody {
  private let body: () -> Int
  private var sum = 0
  var isShown = false

  init(_ body: @escaping () -> Int) { self.body = body }

  func prepare() {}
  func run() { sum &+= body() }
  func collect(counting: Bool) -> BodyResult { BodyResult() }
  func restart() {}
}
