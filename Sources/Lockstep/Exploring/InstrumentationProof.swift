internal import CLockstepRuntime
internal import LockstepProbe

/// Proof, in this very process, that instrumentation and interposition are live.
///
/// A build without `-tsan-instrument-read-before-write` leaves out the read of a load and store in
/// one basic block, and lost updates would vanish into blind writes.
struct InstrumentationProof: Equatable, Sendable {
  /// The probe's read and its write were both seen.
  var seesReadBeforeWrite: Bool
  /// A write was seen, whatever became of the read.
  var seesWrites: Bool
  /// Calls to `pthread_mutex_lock` arrive at the runtime.
  var seesCalls: Bool

  /// Runs a probe compiled as the explored code is, or Lockstep's own.
  static func run(_ probe: ((UnsafeMutablePointer<Int>) -> Void)? = nil) -> InstrumentationProof {
    let probe = probe ?? LockstepProbe.probe
    var value = 0
    let counts = withUnsafeMutablePointer(to: &value) { value in
      withoutActuallyEscaping({ probe(value) }) { body in counted(BodyRunner(body)) }
    }
    return InstrumentationProof(
      seesReadBeforeWrite: counts.reads == 1 && counts.writes >= 1,
      seesWrites: counts.writes >= 1,
      seesCalls: lks_probeInterposition())
  }

  private static func counted(_ body: BodyRunner) -> LKSProbe {
    lks_probe(
      { argument in
        guard let argument else { return }
        Unmanaged<BodyRunner>.fromOpaque(argument).takeUnretainedValue().run()
      }, Unmanaged.passUnretained(body).toOpaque())
  }
}
