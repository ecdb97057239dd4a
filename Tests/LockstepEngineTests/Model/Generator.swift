import LockstepEngine

/// Makes small programs at random, the same for the same seed.
struct Generator {
  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  /// Which operations a program is made of.
  enum Flavour: Int, CaseIterable {
    case memory, locks, conditions, semaphores, everything
  }

  mutating func program(_ flavour: Flavour) -> Program {
    let workers = [2, 2, 2, 3, 3, 4][below(6)]
    let most = [0, 0, 4, 3, 2][workers] + (flavour == .everything ? 2 : 0)
    var bodies = (0..<workers).map { _ in
      (0..<(1 + below(most))).map { _ in instruction(flavour) }
    }
    if flavour != .memory, flavour != .semaphores {
      for index in bodies.indices where below(4) > 0 {
        let lock = below(2)
        bodies[index].insert(.lock(lock), at: 0)
        if below(3) > 0 { bodies[index].append(.unlock(lock)) }
      }
    }
    var program = Program(forkJoin: bodies)
    program.semaphores = [below(2), below(3)]
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
    case .everything:
      return [
        .read(0), .write(0, adding: 1), .add(cell), .lock(0), .unlock(0), .lock(lock),
        .tryLock(0), .wait(condition: 0, lock: 0), .signal(0), .broadcast(0),
        .semaphoreWait(0), .semaphoreSignal(0), .once(0), .output, .readPair(0),
        .unlock(lock),
      ][below(16)]
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
