/// A small program of the literature, with what exploring it must show.
public struct CorpusProgram: Sendable {
  /// What it is called on the command line.
  public let name: String
  /// What it does, in a phrase.
  public let summary: String
  /// What its sizes are, each a phrase; how many there are is how many it takes.
  public let parameters: [String]
  /// Sizes for when none are given, and the least that each may be.
  public let defaults: [Int]
  /// The least that each size may be.
  public let minimums: [Int]
  /// The kind of finding that its schedules show; nil where none is wrong.
  public let finding: String?
  /// How many Mazurkiewicz traces it has, where that is known.
  public let classes: @Sendable ([Int]) -> Int?
  /// What carries it out, on threads or in tasks of its own; what comes back stands for what it left
  /// behind.
  public let body: Body

  /// How a program begins.
  public enum Body: Sendable {
    /// As a function that starts threads.
    case threads(@Sendable ([Int]) -> Int)
    /// As a task.
    case tasks(@Sendable ([Int]) async -> Int)
  }

  init(
    _ name: String, _ summary: String, parameters: [String], defaults: [Int],
    minimums: [Int]? = nil, finding: String? = nil,
    classes: @escaping @Sendable ([Int]) -> Int?, run: @escaping @Sendable ([Int]) -> Int
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.defaults = defaults
    self.minimums = minimums ?? parameters.map { _ in 1 }
    self.finding = finding
    self.classes = classes
    body = .threads(run)
  }

  init(
    _ name: String, _ summary: String, finding: String? = nil, classes: Int? = nil,
    tasks run: @escaping @Sendable () async -> Int
  ) {
    self.name = name
    self.summary = summary
    parameters = []
    defaults = []
    minimums = []
    self.finding = finding
    self.classes = { _ in classes }
    body = .tasks { _ in await run() }
  }

  /// All programs, in the order in which they are listed.
  public static let all: [CorpusProgram] =
    [
      race, fine, coarse, atomicIncrements, readers, lastZero, indexer, filesystem, fibonacci, bank,
      reentrancy, repairedReentrancy, racingTasks, guardedTasks, lateHandler, keptEvent,
      sleepingInstead, awaiting, blockedPool, awaitedPool,
      heldLock, releasedLock, lostWakeUp, keptWakeUp,
      forgottenListener, endedListener, singleCheck, checkInLoop,
      signalledRelay, broadcastRelay, signalledBuffer, broadcastBuffer,
      readersWriters, spinLocks, sharedIncrement, staleCache, meeting, oneShort, deadline, sleepers,
      timeout,
      queueLock, crossing,
      racingChildren, returningChildren, lateCancellation, keptCancellation, endlessStream,
      finishedStream, mainActor, repairedMainActor, racingIterations, guardedIterations,
      onceEach, onceForAll, racingDestructors, guardedDestructors, unawaitedThread, awaitedThread,
      relocked, recursive, givenUpTwice, givenUpOnce, unmended, mended,
      expiredLease, lockedLease, sleptInstead, toldAfterSleep, unfenced, fenced,
      hastyCollection, patientCollection,
    ] + sharedGuards + separateGuards + hurried + patient + attempts + earlyJoins
    + namedSemaphores + exchanges + cancelledItems + cancelledTimers + setUp + targets
    + groupTimeouts + notify
    + operations
    + inC + groups + locals + resumptions + executors + [globalActor, repairedGlobalActor]
}
