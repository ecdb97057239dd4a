/// Something that a schedule broke, as indices into the trace that shows it.
package struct Finding: Equatable, Sendable, Codable {
  package enum Kind: String, Sendable, CaseIterable, Codable {
    case lostUpdate, dataRace, deadlock, leakedLock, lockOrder, atomicity, reentrancy, neverResumed
    case lostWakeUp, waitWithoutLoop, heldAcrossSuspension, starvation, leakedTask
    case useAfterFree, lockMisuse, resumedTwice
    case assertion, thrownError, exitStatus, outcomes, notFound
    case crash, livelock, stepLimit, nondeterminism
  }

  /// A thread that waits for good, and for whom.
  package struct Wait: Equatable, Sendable, Codable {
    package var blocked: Execution.Blocked
    /// The thread that holds what is waited for, where it is a lock or a join.
    package var holder: ThreadID?
    /// Index in the trace of the holder's acquisition.
    package var acquisition: Int?

    package init(blocked: Execution.Blocked, holder: ThreadID? = nil, acquisition: Int? = nil) {
      self.blocked = blocked
      self.holder = holder
      self.acquisition = acquisition
    }
  }

  package var kind: Kind
  /// The memory or the lock that it is about.
  package var object: ObjectID?
  /// Indices in the trace of the events that matter most, ascending.
  package var steps: [Int]
  /// Who waits for whom: deadlocks and leaked locks.
  package var waits: [Wait]
  /// Index in the trace of the throw that left a lock behind.
  package var thrown: Int?
  /// The locks of a cycle, ascending; or the one whose critical sections should have been one.
  package var locks: [ObjectID]

  package init(
    kind: Kind, object: ObjectID? = nil, steps: [Int] = [], waits: [Wait] = [], thrown: Int? = nil,
    locks: [ObjectID] = []
  ) {
    self.kind = kind
    self.object = object
    self.steps = steps
    self.waits = waits
    self.thrown = thrown
    self.locks = locks
  }
}

extension Finding {
  /// The locks that threads wait for.
  package var lockWaits: Set<ObjectID> {
    Set(waits.lazy.filter { $0.blocked.kind.isAcquisition }.map(\.blocked.object))
  }

  /// The same without what lies beyond the end of another, shorter trace.
  package func truncated(to count: Int) -> Finding {
    var finding = self
    finding.steps.removeAll { $0 >= count }
    if let thrown, thrown >= count { finding.thrown = nil }
    for index in waits.indices {
      if let acquisition = waits[index].acquisition, acquisition >= count {
        finding.waits[index].acquisition = nil
      }
    }
    return finding
  }
}
