import LockstepEngine

/// Makes small programs at random, the same for the same seed.
struct Generator {
  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  /// Which operations a program is made of.
  enum Flavour: Int, CaseIterable {
    case memory, locks, conditions, semaphores, everything
    /// Compare-and-swaps together with locks and try-locks.
    case swaps
    /// Threads that wait for one condition, and others that wake one or all of them.
    case waiters
    /// Threads created and joined in the middle of others.
    case families
    /// Atomic operations of every memory order, and fences.
    case orders
    /// Threads that spin until one of one or two cells is not zero, and others that store there.
    case spins
    /// Locks held shared and exclusively, tried either way.
    case readers
    /// Waits that may time out, attempts at semaphores, sleeps and clocks.
    case timeouts
    case barriers
    /// Threads that read a cell in a critical section until it is not zero, and others that store there.
    case polls
  }

  mutating func program(_ flavour: Flavour) -> Program {
    if flavour == .waiters { return waiters() }
    if flavour == .orders { return messages() }
    if flavour == .spins { return spins() }
    if flavour == .polls { return polls() }
    let workers = flavour == .families ? 3 + below(2) : [2, 2, 2, 3, 3, 4][below(6)]
    let most = [0, 0, 4, 3, 2][workers] + (flavour == .everything ? 2 : 0)
    var bodies = (0..<workers).map { _ in
      (0..<(1 + below(most))).map { _ in instruction(flavour) }
    }
    if flavour == .readers { openShared(&bodies) }
    if [.locks, .conditions, .everything, .swaps, .timeouts].contains(flavour) {
      for index in bodies.indices where below(4) > 0 {
        let lock = below(2)
        bodies[index].insert(.lock(lock), at: 0)
        if below(3) > 0 { bodies[index].append(.unlock(lock)) }
      }
    }
    var program = Program(forkJoin: bodies)
    program.semaphores = [below(2), below(3)]
    if flavour == .families {
      relate(&program)
      return program
    }
    switch below(4) {
    case 0:
      // Thread 0 takes part, and waits for nobody.
      program.threads[0] = (1...workers).map { .spawn($0) } + [instruction(flavour)]
    case 1:
      // The last thread is created by the first, in the middle of its body.
      program.threads[0] = (1..<workers).map { .spawn($0) } + [.join(1)]
      program.threads[1].insert(.spawn(workers), at: below(program.threads[1].count + 1))
      if below(2) == 0 { program.threads[1].append(.join(workers)) }
    default: break
    }
    return program
  }

  /// Each thread is created by one before it and mostly joined by it, both anywhere in its body.
  private mutating func relate(_ program: inout Program) {
    program.threads[0] = [.read(0)]
    for child in 1..<program.threads.count {
      let parent = below(child)
      let place = below(program.threads[parent].count + 1)
      program.threads[parent].insert(.spawn(child), at: place)
      guard below(4) > 0 else { continue }
      let later = place + 1 + below(program.threads[parent].count - place)
      program.threads[parent].insert(.join(child), at: later)
    }
  }

  /// Most threads begin with a hold of a lock, and many end with giving it up.
  private mutating func openShared(_ bodies: inout [[Program.Instruction]]) {
    for index in bodies.indices where below(3) > 0 {
      let isShared = below(3) > 0
      bodies[index].insert(isShared ? .lockShared(4) : .lock(4), at: 0)
      if below(3) > 0 { bodies[index].append(isShared ? .unlockShared(4) : .unlock(4)) }
    }
  }

  private mutating func spins() -> Program {
    let bodies = (0..<(2 + below(2))).map { index in
      (0..<(1 + below(3))).map { _ -> Program.Instruction in
        let cell = below(2)
        return [
          .spin([cell]), .spin([0, 1]), .spin([1, 0]), .store(cell, 1), .store(cell, 0),
          .store(cell, index + 1), .add(cell), .compareAndSwap(cell), .peek(cell),
        ][below(9)]
      }
    }
    return Program(forkJoin: bodies)
  }

  private mutating func polls() -> Program {
    let bodies = (0..<(2 + below(2))).map { index in
      (0..<(1 + below(2))).flatMap { _ -> [Program.Instruction] in
        let cell = below(4) / 3
        let lock = 4 + below(4) / 3
        let store = Program.Instruction.store(cell, below(3) > 0 ? index + 1 : 0)
        return [
          [.poll(cell, lock: lock, isShared: true)], [.poll(cell, lock: lock, isShared: true)],
          [.poll(cell, lock: lock, isShared: false)], [store],
          [.lock(lock), store, .unlock(lock)], [.lock(lock), store, .unlock(lock)],
          [.lockShared(lock), .read(cell), .unlockShared(lock)], [.tryLock(4), .unlock(4)],
          [.tryLockShared(4), .unlockShared(4)],
        ][below(9)]
      }
    }
    return Program(forkJoin: bodies)
  }

  private mutating func waiters() -> Program {
    let waiter: [Program.Instruction] = [.lock(0), .wait(condition: 0, lock: 0)]
    let waiters = 1 + below(3)
    var bodies = Array(repeating: waiter, count: waiters)
    for index in bodies.indices where waiters < 3 && below(3) == 0 {
      bodies[index][1] = .timedWait(condition: 0, lock: 0)
    }
    for index in bodies.indices where below(3) > 0 {
      bodies[index] += below(2) == 0 ? [.unlock(0)] : [.write(0, adding: 1), .unlock(0)]
      if below(4) == 0, waiters < 3 { bodies[index].insert(.read(0), at: 0) }
    }
    let wakers = 1 + below(4 - waiters)
    for _ in 0..<wakers {
      var body: [Program.Instruction] = (0...(wakers > 1 ? 0 : below(2))).map { _ in
        below(3) == 0 ? .broadcast(0) : .signal(0)
      }
      if below(waiters == 3 ? 4 : 2) == 0 { body = [.lock(0)] + body + [.unlock(0)] }
      if below(4) == 0, waiters < 3 {
        body.insert(instruction(.conditions), at: below(body.count + 1))
      }
      bodies.append(body)
    }
    bodies.shuffle(using: &random)
    return Program(forkJoin: bodies)
  }

  private mutating func instruction(_ flavour: Flavour) -> Program.Instruction {
    let cell = below(3) == 0 ? 1 : 0
    let lock = below(2)
    switch flavour {
    case .memory:
      return [
        .read(cell), .write(cell, adding: 1), .add(cell), .readPair(0), .appendOpaque(cell),
        .store(cell, 7), .compareAndSwap(cell),
      ][below(7)]
    case .locks:
      return [
        .read(cell), .write(cell, adding: 1), .lock(lock), .unlock(lock), .tryLock(lock),
        .tryLock(0), .unlock(0), .add(cell),
      ][below(8)]
    case .conditions:
      return [
        .read(0), .write(0, adding: 1), .lock(0), .unlock(0), .wait(condition: 0, lock: 0),
        .wait(condition: below(2), lock: lock), .signal(0), .broadcast(0), .signal(below(2)),
      ][below(9)]
    case .semaphores:
      return [
        .read(0), .write(0, adding: 1), .semaphoreWait(0), .semaphoreSignal(0),
        .semaphoreWait(lock), .semaphoreSignal(lock),
      ][below(6)]
    case .swaps:
      return [
        .compareAndSwap(cell), .compareAndSwap(0), .read(0), .add(cell), .lock(lock), .unlock(lock),
        .tryLock(lock), .tryLock(0), .unlock(0),
      ][below(9)]
    case .families:
      return [
        .read(cell), .write(cell, adding: 1), .add(cell), .lock(0), .unlock(0), .tryLock(0),
      ][below(6)]
    case .readers:
      let shared = 4 + below(5) / 4
      return [
        .read(0), .write(0, adding: 1), .lock(shared), .unlock(shared), .tryLock(shared),
        .lockShared(shared), .unlockShared(shared), .tryLockShared(shared), .lockShared(4),
        .unlockShared(4), .tryLock(4), .add(cell),
      ][below(12)]
    case .timeouts:
      return [
        .read(0), .write(0, adding: 1), .lock(0), .unlock(0), .timedWait(condition: 0, lock: 0),
        .wait(condition: 0, lock: 0), .signal(0), .broadcast(0), .semaphoreTryWait(lock),
        .semaphoreWait(lock), .semaphoreSignal(lock), .semaphoreTryWait(0), .sleep(1), .sleep(2),
        .readClock, .semaphoreRead(0),
      ][below(16)]
    case .barriers:
      return [
        .read(cell), .write(cell, adding: 1), .arrive(lock), .arrive(0), .lock(0), .unlock(0),
        .arrive(0),
      ][below(7)]
    case .waiters, .orders, .spins, .polls, .everything:
      return [
        .read(0), .write(0, adding: 1), .add(cell), .lock(0), .unlock(0), .lock(lock),
        .tryLock(0), .wait(condition: 0, lock: 0), .signal(0), .broadcast(0),
        .semaphoreWait(0), .semaphoreSignal(0), .once(0), .output, .readPair(0),
        .unlock(lock), .call(below(2)), .sharedCall(below(2)), .complete(below(2)),
        .awaitCompletion(below(2)),
      ][below(20)]
    }
  }
}

extension Generator {
  /// Threads that use cells before they release another, or after they acquire it, or anyhow.
  private mutating func messages() -> Program {
    let bodies = (0..<(2 + below(2))).map { _ in
      var body: [Program.Instruction] = []
      if below(2) == 0 { body += acquisition() }
      if below(3) > 0 { body.append(use()) }
      if below(2) == 0 { body += release() }
      if below(3) == 0 { body.append(below(2) == 0 ? use() : .compareAndSwap(below(2))) }
      return body.isEmpty ? release() : body
    }
    return Program(forkJoin: bodies)
  }

  /// An ordinary access: mostly to one cell, sometimes beside it or to one that others use atomically.
  private mutating func use() -> Program.Instruction {
    let cell = [2, 2, 2, 3, 0][below(5)]
    return [.read(cell), .store(cell, 1), .write(cell, adding: 1), .readPair(2)][below(4)]
  }

  private mutating func acquisition() -> [Program.Instruction] {
    let cell = below(5) / 4
    switch below(5) {
    case 0: return [.atomicLoad(cell, .relaxed), .fence(.acquire)]
    case 1: return [.atomicLoad(cell, [.acquire, .relaxed][below(2)]), .skip(1, unless: 1...9)]
    case 2: return [.atomicAdd(cell, [.acquire, .relaxed, .acquireRelease][below(3)])]
    default: return [.atomicLoad(cell, [.acquire, .sequentiallyConsistent][below(2)])]
    }
  }

  private mutating func release() -> [Program.Instruction] {
    let cell = below(5) / 4
    switch below(5) {
    case 0:
      return [.fence([.release, .acquireRelease][below(2)]), .atomicStore(cell, 2, .relaxed)]
    case 1: return [.atomicStore(cell, 3, .relaxed)]
    case 2: return [.atomicAdd(cell, [.release, .relaxed, .acquireRelease][below(3)])]
    default: return [.atomicStore(cell, 1, [.release, .sequentiallyConsistent][below(2)])]
    }
  }
}

extension Program {
  /// A smaller program that still fails, or itself.
  func shrunk(while fails: (Program) -> Bool) -> Program {
    var smallest = self
    var hasShrunk = true
    while hasShrunk {
      hasShrunk = false
      for thread in smallest.threads.indices {
        for place in smallest.threads[thread].indices.reversed() {
          var smaller = smallest
          smaller.threads[thread].remove(at: place)
          if fails(smaller) {
            smallest = smaller
            hasShrunk = true
          }
        }
      }
    }
    return smallest
  }
}
