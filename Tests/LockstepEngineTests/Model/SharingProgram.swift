import LockstepEngine

/// A program that shares cells between threads by idioms that leave no data race, or but one.
struct SharingProgram {
  /// How threads keep apart, or hand over, what they share.
  enum Idiom: Int, CaseIterable {
    case lock, tryLock, message, forkJoin, condition, semaphore, turnstile, lastArrival, atomics
  }

  /// An access that nothing protects.
  struct Planted {
    var thread: Int
    var place: Int
    var cell: Int
    var isStore: Bool
    /// Whether it is all that a thread of its own does, which nothing orders.
    var isAlone: Bool

    var programCounter: UInt64 { Machine.programCounter(thread, place) }
  }

  var program: Program
  var idioms: Set<Idiom>
  /// Cells that no thread takes a decision by.
  var dataCells: [Int]
  var planted: Planted?
}

extension SharingProgram {
  /// The same with one more access to one of its data cells; nil where no thread's could matter.
  func planting(_ random: inout SplitMix64) -> SharingProgram? {
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    let cell = dataCells[below(dataCells.count)]
    let accesses = program.threads.dropFirst().joined().filter { $0.isOrdinaryAccess(of: cell) }
    let isStore = below(2) == 0
    guard isStore ? !accesses.isEmpty : accesses.contains(where: \.isOrdinaryStore) else {
      return nil
    }
    let instruction: Program.Instruction = isStore ? .store(cell, 7) : .peek(cell)
    var planted = Planted(thread: 0, place: 0, cell: cell, isStore: isStore, isAlone: below(2) == 0)
    var racy = self
    if planted.isAlone {
      planted.thread = program.threads.count
      racy.program.threads.append([instruction])
      let spawns = program.threads[0].firstIndex(of: .spawn(1)) ?? 0
      racy.program.insert(.spawn(planted.thread), inThread: 0, at: spawns)
      if below(2) == 0 { racy.program.threads[0].append(.join(planted.thread)) }
    } else {
      planted.thread = 1 + below(program.threads.count - 1)
      planted.place = below(program.threads[planted.thread].count + 1)
      racy.program.insert(instruction, inThread: planted.thread, at: planted.place)
    }
    racy.planted = planted
    return racy
  }
}

extension Program {
  /// Puts an instruction where another was; what was left out together still is.
  mutating func insert(_ instruction: Instruction, inThread thread: Int, at place: Int) {
    for index in threads[thread][..<place].indices {
      if case .skip(let count, let range) = threads[thread][index], index + count >= place {
        threads[thread][index] = .skip(count + 1, unless: range)
      }
    }
    threads[thread].insert(instruction, at: place)
  }
}

extension Program.Instruction {
  func isOrdinaryAccess(of cell: Int) -> Bool {
    switch self {
    case .read(cell), .peek(cell), .write(cell, _), .store(cell, _), .appendOpaque(cell): true
    default: false
    }
  }

  var isOrdinaryStore: Bool {
    switch self {
    case .write, .store, .appendOpaque: true
    default: false
    }
  }
}
