import LockstepEngine

/// Makes programs without a data race, by construction: idioms one after another.
///
/// Each idiom has objects of its own, and every thread goes through its part of one before the next
/// begins, so that none waits for good either.
struct SharingGenerator {
  private var random: SplitMix64
  private let workers: Int
  private var bodies: [[Program.Instruction]]
  private var cells = 0
  private var locks = 0
  private var conditions = 0
  private var semaphores: [Int] = []
  private var dataCells: [Int] = []
  private var idioms: Set<SharingProgram.Idiom> = []

  static func program(seed: UInt64) -> SharingProgram {
    var generator = SharingGenerator(seed: seed)
    return generator.program()
  }

  private init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    workers = 2 + Int(random.next() % 2)
    bodies = Array(repeating: [], count: workers + 1)
  }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func program() -> SharingProgram {
    for _ in 0...below(3) {
      let idiom = SharingProgram.Idiom.allCases[below(SharingProgram.Idiom.allCases.count)]
      idioms.insert(idiom)
      add(idiom)
    }
    let children = bodies.indices.dropFirst(workers + 1)
    bodies[0] =
      dataCells.filter { _ in below(3) == 0 }.map { .store($0, 1) }
      + (1...workers).map { .spawn($0) } + bodies[0] + (1...workers).map { .join($0) }
    if below(2) == 0 { bodies[0] += dataCells.map { .peek($0) } }
    precondition(children.allSatisfy { !bodies[$0].isEmpty }, "each thread has something to do")
    return SharingProgram(
      program: Program(threads: bodies, cellCount: max(cells, 1) + 1, semaphores: semaphores),
      idioms: idioms, dataCells: dataCells)
  }

  // MARK: Objects and parts

  private mutating func newCell() -> Int {
    cells += 1
    return cells - 1
  }

  private mutating func newDataCell() -> Int {
    dataCells.append(newCell())
    return cells - 1
  }

  private mutating func newLock() -> Int {
    locks += 1
    return locks - 1
  }

  private mutating func newSemaphore(_ count: Int) -> Int {
    semaphores.append(count)
    return semaphores.count - 1
  }

  /// So many workers, in any order.
  private mutating func participants(_ count: Int) -> [Int] {
    var threads = Array(1...workers)
    threads.shuffle(using: &random)
    return Array(threads.prefix(count))
  }

  /// Two participants, or three where there are.
  private mutating func someParticipants() -> [Int] {
    participants(min(2 + below(2), workers))
  }

  private mutating func access(_ cell: Int) -> [Program.Instruction] {
    switch below(5) {
    case 0: [.peek(cell)]
    case 1: [.store(cell, 1 + below(5))]
    case 2: [.appendOpaque(cell)]
    default: [.read(cell), .write(cell, adding: 1)]
    }
  }

  private mutating func add(_ idiom: SharingProgram.Idiom) {
    switch idiom {
    case .lock: addLock()
    case .tryLock: addTryLock()
    case .message: addMessage()
    case .forkJoin: addForkJoin()
    case .condition: addCondition()
    case .semaphore: addSemaphore()
    case .turnstile: addTurnstile()
    case .lastArrival: addLastArrival()
    case .atomics: addAtomics()
    }
  }

  // MARK: Idioms

  /// Critical sections of one lock.
  private mutating func addLock() {
    let (lock, cell) = (newLock(), newDataCell())
    for thread in someParticipants() {
      bodies[thread] += [.lock(lock)] + access(cell) + [.unlock(lock)]
    }
  }

  /// The same, left out by whom the lock does not let in at once.
  private mutating func addTryLock() {
    let (lock, cell) = (newLock(), newDataCell())
    for (index, thread) in someParticipants().enumerated() {
      let section = access(cell) + [.unlock(lock)]
      bodies[thread] +=
        index == 0
        ? [.lock(lock)] + section : [.tryLock(lock), .skip(section.count, unless: 1...1)] + section
    }
  }

  /// A release store, or one after a release fence, and the acquire load or fence that goes with it.
  ///
  /// A third thread's read-modify-write does not get in the way.
  private mutating func addMessage() {
    let (cell, flag) = (newDataCell(), newCell())
    let threads = someParticipants()
    bodies[threads[0]] += access(cell)
    switch below(4) {
    case 0: bodies[threads[0]] += [.fence(.release), .atomicStore(flag, 10, .relaxed)]
    case 1: bodies[threads[0]] += [.fence(.acquireRelease), .atomicStore(flag, 10, .relaxed)]
    case 2: bodies[threads[0]] += [.atomicStore(flag, 10, .sequentiallyConsistent)]
    default: bodies[threads[0]] += [.atomicStore(flag, 10, .release)]
    }
    if threads.count > 2 {
      let orders: [Event.Order] = [.relaxed, .relaxed, .acquire, .release]
      bodies[threads[2]].append(.atomicAdd(flag, orders[below(4)]))
    }
    let use = access(cell)
    switch below(4) {
    case 0:
      bodies[threads[1]] += [
        .atomicLoad(flag, .relaxed), .skip(use.count + 1, unless: 10...11), .fence(.acquire),
      ]
    case 1:
      bodies[threads[1]] += [
        .atomicLoad(flag, .relaxed), .fence(.sequentiallyConsistent),
        .skip(use.count, unless: 10...11),
      ]
    case 2:
      bodies[threads[1]] += [
        .atomicAdd(flag, .acquireRelease), .skip(use.count, unless: 10...11),
      ]
    default:
      bodies[threads[1]] += [.atomicLoad(flag, .acquire), .skip(use.count, unless: 10...11)]
    }
    bodies[threads[1]] += use
  }

  /// A thread of its own in the middle of another's body.
  ///
  /// The parent does not end with a blind store: to have read before would look like a lost update.
  private mutating func addForkJoin() {
    let cell = newDataCell()
    let parent = participants(1)[0]
    let child = bodies.count
    bodies.append(access(cell) + access(cell))
    bodies[parent] += access(cell) + [.spawn(child), .join(child)]
    bodies[parent] += below(2) == 0 ? [.read(cell), .write(cell, adding: 1)] : [.peek(cell)]
  }

  /// A flag under a lock, and a condition to wait for it.
  private mutating func addCondition() {
    let (lock, condition, flag, cell) = (newLock(), conditions, newCell(), newDataCell())
    conditions += 1
    let threads = someParticipants()
    let wake: Program.Instruction =
      threads.count > 2 || below(2) == 0 ? .broadcast(condition) : .signal(condition)
    if below(2) == 0 { bodies[threads[0]] += access(cell) }
    bodies[threads[0]] += [.lock(lock)] + access(cell) + [.store(flag, 1)]
    bodies[threads[0]] += below(2) == 0 ? [wake, .unlock(lock)] : [.unlock(lock), wake]
    for thread in threads.dropFirst() {
      bodies[thread] += [
        .lock(lock), .read(flag), .skip(1, unless: 0...0), .wait(condition: condition, lock: lock),
      ]
      bodies[thread] += access(cell) + [.unlock(lock)]
    }
    if threads.count == 2 { bodies[threads[1]] += access(cell) }
  }

  /// From hand to hand.
  private mutating func addSemaphore() {
    let cell = newDataCell()
    let threads = someParticipants()
    for (index, thread) in threads.enumerated() {
      if index > 0 { bodies[thread].append(.semaphoreWait(semaphores.count - 1)) }
      bodies[thread] += access(cell)
      if index + 1 < threads.count { bodies[thread].append(.semaphoreSignal(newSemaphore(0))) }
    }
  }

  /// A semaphore in a lock's place.
  private mutating func addTurnstile() {
    let (cell, semaphore) = (newDataCell(), newSemaphore(1))
    for thread in someParticipants() {
      bodies[thread] += [.semaphoreWait(semaphore)] + access(cell) + [.semaphoreSignal(semaphore)]
    }
  }

  /// Each leaves something, and who comes last takes it all, as a count of references does.
  private mutating func addLastArrival() {
    let threads = someParticipants()
    let cells = threads.map { _ in newDataCell() }
    let count = newCell()
    for (thread, cell) in zip(threads, cells) {
      bodies[thread] += access(cell)
      let use = cells.flatMap { access($0) }
      let isLast = threads.count - 1...threads.count - 1
      if below(2) == 0 {
        bodies[thread] += [.atomicAdd(count, .acquireRelease), .skip(use.count, unless: isLast)]
      } else {
        bodies[thread] += [
          .fence(.release), .atomicAdd(count, .relaxed), .skip(use.count + 1, unless: isLast),
          .fence(.acquire),
        ]
      }
      bodies[thread] += use
    }
  }

  /// Atomic operations that order nothing, which are no data race.
  private mutating func addAtomics() {
    let cell = newCell()
    for thread in someParticipants() {
      let part: [Program.Instruction] = [
        .atomicLoad(cell, .relaxed), .atomicStore(cell, thread, .relaxed),
        .atomicAdd(cell, .relaxed), .compareAndSwap(cell),
      ]
      bodies[thread].append(part[below(4)])
    }
  }
}
