import ExploredPrograms

/// Everything that a small program can do, found by taking its steps in every order.
///
/// Knows nothing of the engine, and of independence only what makes two orders one class: that the
/// same operations met their objects in the same order.
struct BruteForce {
  private(set) var outcomes: Set<SmallProgram.Outcome> = []
  /// Orders in which all threads come to their ends.
  private(set) var completedClasses = 0
  /// Orders after which some thread waits for good.
  private(set) var deadlockedClasses = 0
  /// Orders, whether they can be told apart or not.
  private(set) var interleavings = 0

  var classes: Int { completedClasses + deadlockedClasses }

  init(_ program: SmallProgram) {
    var paths: [State: Int] = [State(program): 1]
    // A class is met once at each length, with the number of orders that lead there.
    while !paths.isEmpty {
      var longer: [State: Int] = [:]
      for (state, count) in paths {
        let next = program.threads.indices.compactMap { state.taking(aStepOf: $0, of: program) }
        for state in next { longer[state, default: 0] += count }
        guard next.isEmpty else { continue }
        interleavings += count
        if state.hasEnded(program) {
          completedClasses += 1
          outcomes.insert(SmallProgram.Outcome(memory: state.memory, read: state.read))
        } else {
          deadlockedClasses += 1
        }
      }
      paths = longer
    }
  }

  /// A class of beginnings: which version of its object each operation met, and what came of it.
  private struct State: Hashable {
    var versions: [[Int]]
    var memory = Array(repeating: 0, count: SmallProgram.objectCount)
    var read: [[Int]]
    private var isLocked = Array(repeating: false, count: SmallProgram.objectCount)
    private var cellVersions = Array(repeating: 0, count: SmallProgram.objectCount)
    private var lockVersions = Array(repeating: 0, count: SmallProgram.objectCount)

    init(_ program: SmallProgram) {
      versions = program.threads.map { _ in [] }
      read = versions
    }

    func hasEnded(_ program: SmallProgram) -> Bool {
      zip(versions, program.threads).allSatisfy { $0.count == $1.count }
    }

    /// Nil if the thread can take none.
    func taking(aStepOf thread: Int, of program: SmallProgram) -> State? {
      guard versions[thread].count < program.threads[thread].count else { return nil }
      var next = self
      switch program.threads[thread][versions[thread].count] {
      case .read(let cell):
        next.read[thread].append(memory[cell])
        next.versions[thread].append(cellVersions[cell])
      case .write(let cell, let value):
        next.memory[cell] = value
        next.versions[thread].append(cellVersions[cell])
        next.cellVersions[cell] += 1
      case .add(let cell, let amount):
        next.read[thread].append(memory[cell])
        next.memory[cell] &+= amount
        next.versions[thread].append(cellVersions[cell])
        next.cellVersions[cell] += 1
      case .lock(let lock):
        guard !isLocked[lock] else { return nil }
        next.isLocked[lock] = true
        next.versions[thread].append(lockVersions[lock])
        next.lockVersions[lock] += 1
      case .unlock(let lock):
        next.isLocked[lock] = false
        next.versions[thread].append(lockVersions[lock])
        next.lockVersions[lock] += 1
      }
      return next
    }
  }
}
