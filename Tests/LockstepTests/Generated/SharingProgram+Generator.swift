import ExploredPrograms

/// Makes programs whose threads leave no data race, by idioms one after another.
///
/// Each idiom has objects of its own, and every thread goes through its part of one before the next.
struct SharingProgramGenerator {
  enum Idiom: CaseIterable {
    case lock, tryLock, message, condition, semaphore, forkJoin, lastArrival
  }

  private var random: SmallProgramGenerator
  private var threads: [[SharingProgram.Operation]] = []
  private var objects = 0
  private var cells = 0
  private(set) var idioms: Set<Idiom> = []

  init(seed: UInt64) { random = SmallProgramGenerator(seed: seed) }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

  /// Two or three threads, and one or two idioms.
  mutating func program() -> SharingProgram {
    threads = Array(repeating: [], count: 2 + below(2))
    (objects, cells, idioms) = (0, 0, [])
    for _ in 0...below(2) {
      let idiom = Idiom.allCases[below(Idiom.allCases.count)]
      idioms.insert(idiom)
      add(idiom)
    }
    return SharingProgram(threads: threads)
  }

  /// The same with one more thread that does nothing but access one of its cells.
  mutating func planted() -> (program: SharingProgram, cell: Int) {
    var program = program()
    let cell = below(cells)
    // Each idiom has a store to each of its cells, so that even to read it is a race.
    program.threads.insert(
      [below(2) == 0 ? .loadUnprotected(cell) : .storeUnprotected(cell)],
      at: below(program.threads.count + 1))
    return (program, cell)
  }

  private mutating func access(_ cell: Int) -> SharingProgram.Operation {
    [.load(cell), .store(cell), .add(cell)][below(3)]
  }

  private mutating func newCell() -> Int {
    cells += 1
    return cells - 1
  }

  private mutating func add(_ idiom: Idiom) {
    let object = objects
    objects += 1
    let cell = newCell()
    var order = Array(threads.indices)
    order.shuffle(using: &random)
    let ordering = SharingProgram.Ordering.allCases[below(3)]
    switch idiom {
    case .lock:
      threads[order[0]].append(.locked(object, [.store(cell)]))
      for thread in order.dropFirst() { threads[thread].append(.locked(object, [access(cell)])) }
    case .tryLock:
      threads[order[0]].append(.locked(object, [.store(cell)]))
      threads[order[1]].append(.triedLocked(object, [access(cell)]))
    case .message:
      threads[order[0]] += [.store(cell), .set(flag: object, ordering)]
      threads[order[1]].append(.ifSet(flag: object, ordering, [access(cell)]))
      if order.count > 2 { threads[order[2]].append(.touch(flag: object)) }
    case .condition:
      threads[order[0]] += [access(cell), .announce(object, [.store(cell)])]
      for thread in order.dropFirst() {
        threads[thread].append(.awaitEvent(object, [access(cell)]))
      }
    case .semaphore:
      threads[order[0]] += [.store(cell), .post(object)]
      threads[order[1]] += [.wait(object), access(cell)]
    case .forkJoin:
      // Not ended with a blind store: to have read before would look like a lost update.
      threads[order[0]] += [access(cell), .onThread([.store(cell)]), .load(cell)]
    case .lastArrival:
      let other = newCell()
      for (thread, cell) in zip(order, [cell, other]) {
        threads[thread] += [
          .store(cell), .arrive(flag: object, of: 2, ordering, [.load(cell), .load(other)]),
        ]
      }
    }
  }
}
