import LockstepEngine

/// Something that happened in an execution and that generated programs must make happen often.
enum Feature: CaseIterable {
  case lockContended, tryLockSucceeded, tryLockFailed
  /// A signal chose one of several waiters.
  case signalWoke, signalWokeNobody, signalChose, signalChoseTimed, broadcastWokeSeveral
  case swapSucceeded, swapFailed, atomicOrders, fences, semaphoreWaited
  /// By a thread other than thread 0; after a step of the creating thread.
  case nestedSpawn, lateSpawn
  /// Joined by a thread other than thread 0; with other steps of the joining thread to come.
  case nestedJoin, earlyJoin
  case fourWorkers, deadlock
  /// A look that awaited a change, of one cell or of two.
  case awaited, awaitedOneOfTwo
  case tryWaitSucceeded, tryWaitFailed
  /// A wait that could time out was ended by a signal, or was not.
  case timedWaitWoken, timedOut
  /// Two threads held a lock together, and one alone after others had.
  case sharedTogether, exclusiveAfterShared, trySharedFailed
  case barrierOpened, clockRead

  /// The features of an execution.
  static func all(of execution: Execution) -> Set<Feature> {
    var features: Set<Feature> = execution.ending == .deadlocked ? [.deadlock] : []
    var sharing: [ObjectID: [ThreadID]] = [:]
    var hasShared: Set<ObjectID> = []
    var stepped = ThreadSet.none
    var joined = ThreadSet.none
    var released: [ObjectID: ThreadID] = [:]
    for event in execution.trace {
      let isNested = event.thread != ThreadID(0)
      if !event.kind.isAnnotation, event.kind != .join, joined.contains(event.thread) {
        features.insert(.earlyJoin)
      }
      if event.flags.contains(.awaits) {
        features.insert(event.otherSize > 0 ? .awaitedOneOfTwo : .awaited)
      }
      switch event.kind {
      case .lock:
        if let other = released[event.object], other != event.thread {
          features.insert(.lockContended)
        }
        if hasShared.contains(event.object) { features.insert(.exclusiveAfterShared) }
      case .unlock: released[event.object] = event.thread
      case .tryLock: features.insert(.tryLockSucceeded)
      case .tryLockFailed: features.insert(.tryLockFailed)
      case .signal:
        features.insert(event.value == Event.nobody ? .signalWokeNobody : .signalWoke)
      case .broadcast:
        if event.value.nonzeroBitCount > 1 { features.insert(.broadcastWokeSeveral) }
      case .wake: features.insert(.signalChose)
      case .timedWake: features.insert(.signalChoseTimed)
      case .semaphoreWait: features.insert(.semaphoreWaited)
      case .semaphoreTryWait: features.insert(.tryWaitSucceeded)
      case .semaphoreTryWaitFailed: features.insert(.tryWaitFailed)
      case .waitEnd: features.insert(event.value == 1 ? .timedWaitWoken : .timedOut)
      case .lockShared:
        sharing[event.object, default: []].append(event.thread)
        if Set(sharing[event.object, default: []]).count > 1 { features.insert(.sharedTogether) }
        hasShared.insert(event.object)
      case .unlockShared:
        if let place = sharing[event.object, default: []].firstIndex(of: event.thread) {
          sharing[event.object]?.remove(at: place)
        }
      case .tryLockSharedFailed: features.insert(.trySharedFailed)
      case .arrive:
        if event.value != 0 { features.insert(.barrierOpened) }
      case .readClock: features.insert(.clockRead)
      case .fence: features.insert(.fences)
      case .spawn:
        if isNested { features.insert(.nestedSpawn) }
        if stepped.contains(event.thread) { features.insert(.lateSpawn) }
        if event.value == 4 { features.insert(.fourWorkers) }
      case .join:
        if isNested { features.insert(.nestedJoin) }
        joined.insert(event.thread)
      case .read, .readModifyWrite:
        if event.flags.contains(.compareAndSwap) {
          features.insert(event.kind == .read ? .swapFailed : .swapSucceeded)
        }
      default: break
      }
      if event.isAtomic, event.order != .sequentiallyConsistent { features.insert(.atomicOrders) }
      if !event.kind.isAnnotation { stepped.insert(event.thread) }
    }
    return features
  }
}
