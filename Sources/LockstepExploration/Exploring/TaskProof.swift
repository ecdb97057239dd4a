internal import CLockstepRuntime

/// Proof, in this very process, that what the runtime relies on in libswift_Concurrency is so.
///
/// The runtime sees Swift tasks by marks that this library makes for ThreadSanitizer, by a few
/// functions of it, and by where it keeps things in a task's memory. None of that is promised to be so
/// in the next version, and what no longer arrives would be schedules that are never explored.
struct TaskProof: Equatable {
  /// What of tasks is not seen, in phrases.
  let unseen: [String]

  /// The proof of this process, made when it is first asked for.
  static let ofProcess = run()

  /// What a small arrangement of tasks must show, each with what is said where it does not.
  static let expected: [(evidence: LKSTaskEvidenceKind, name: String)] = [
    (LKS_EVIDENCE_JOB, "a job of a task"),
    (LKS_EVIDENCE_ACTOR_JOB, "a job of an actor"),
    (LKS_EVIDENCE_TIMER, "a job that is due later"),
    (LKS_EVIDENCE_RESUME, "a task that goes on"),
    (LKS_EVIDENCE_SUSPEND, "a task that is suspended"),
    (LKS_EVIDENCE_TASK_LAYOUT, "which task goes on"),
    (LKS_EVIDENCE_RESUME_LAYOUT, "where a task goes on"),
    (LKS_EVIDENCE_ACQUIRE, "the mark after a look at what tasks share"),
    (LKS_EVIDENCE_RELEASE_END, "the mark at a task's end"),
    (LKS_EVIDENCE_RELEASE_ENQUEUE, "the mark before a job is enqueued"),
    (LKS_EVIDENCE_RELEASE_LEAVE, "the mark before an actor is given up"),
    (LKS_EVIDENCE_CALL_SWITCH, "a hop to an actor"),
    (LKS_EVIDENCE_CALL_CREATE, "a task that is created"),
    (LKS_EVIDENCE_CALL_CANCEL, "a cancellation"),
    (LKS_EVIDENCE_CALL_IS_CANCELLED, "a look whether a task is cancelled"),
    (LKS_EVIDENCE_CALL_BEGIN, "a continuation that is made"),
    (LKS_EVIDENCE_CALL_CONTINUE, "a continuation that is resumed"),
    (LKS_EVIDENCE_CALL_SUSPEND, "the wait for a continuation"),
    (LKS_EVIDENCE_CALL_GROUP, "a look at a task group"),
  ]

  /// Runs the arrangement once, in an exploration of its own.
  ///
  /// - Parameter withheld: kinds of evidence that are not to arrive, to try out the proof itself.
  /// - Returns: what was seen, and what not.
  static func run(withholding withheld: [LKSTaskEvidenceKind] = []) -> TaskProof {
    guard let native = try? NativeExploration(mode: NativeExploration.mode) else {
      return TaskProof(unseen: ["Swift tasks: there is no memory to prove that they are seen"])
    }
    lks_gatherTaskEvidence(native.handle, withheld.reduce(0) { $0 | $1.rawValue })
    let body = TaskBody(TaskArrangement.run)
    let ending = native.run(NativePlan(stepLimit: 10_000), BodyRunner(body))
    _ = body.collect(counting: true)
    native.finish()
    let seen = lks_taskEvidence(native.handle)
    var unseen = expected.filter { seen & $0.evidence.rawValue == 0 }
      .map { "Swift tasks: \($0.name) is not seen" }
    if unseen.isEmpty,
      ending != LKS_COMPLETED || body.outcomes != [TaskArrangement.result: 1]
    {
      unseen = ["Swift tasks: a small arrangement of them did not end as it must"]
    }
    return TaskProof(unseen: unseen)
  }
}
