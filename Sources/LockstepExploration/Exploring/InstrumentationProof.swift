internal import CLockstepRuntime
internal import LockstepProbe
internal import Synchronization

/// Proof, in this very process, that instrumentation and interposition are live.
///
/// A build without `-tsan-instrument-read-before-write` leaves out the read of a load and store in
/// one basic block, and lost updates would vanish into blind writes.
package struct InstrumentationProof: Equatable, Sendable {
  /// The probe's read and its write were both seen.
  var seesReadBeforeWrite: Bool
  /// A write was seen, whatever became of the read.
  var seesWrites: Bool
  /// Calls to `pthread_mutex_lock` arrive at the runtime.
  var seesCalls: Bool

  /// Of a program: `lockstep build` leaves no access out, and marks what it built.
  init(ofProgramBuiltByLockstep isInstrumented: Bool) {
    seesReadBeforeWrite = isInstrumented
    seesWrites = isInstrumented
    seesCalls = lks_probeInterposition()
  }

  init(seesReadBeforeWrite: Bool, seesWrites: Bool, seesCalls: Bool) {
    self.seesReadBeforeWrite = seesReadBeforeWrite
    self.seesWrites = seesWrites
    self.seesCalls = seesCalls
  }

  private static let processProbe = Mutex<(@Sendable (UnsafeMutablePointer<Int>) -> Void)?>(nil)

  /// Names a probe for explorations that name none: one compiled as all the explored code is.
  package static func use(_ probe: @escaping @Sendable (UnsafeMutablePointer<Int>) -> Void) {
    processProbe.withLock { $0 = probe }
  }

  /// Runs a probe compiled as the explored code is, or Lockstep's own.
  static func run(_ probe: ((UnsafeMutablePointer<Int>) -> Void)? = nil) -> InstrumentationProof {
    let known: (@Sendable (UnsafeMutablePointer<Int>) -> Void)? = processProbe.withLock { $0 }
    let probe = probe ?? known ?? LockstepProbe.probe
    var value = 0
    let counts = withUnsafeMutablePointer(to: &value) { value in
      lks_probeBegin()
      probe(value)
      return lks_probeEnd()
    }
    return InstrumentationProof(
      seesReadBeforeWrite: counts.reads == 1 && counts.writes >= 1,
      seesWrites: counts.writes >= 1,
      seesCalls: lks_probeInterposition())
  }
}
