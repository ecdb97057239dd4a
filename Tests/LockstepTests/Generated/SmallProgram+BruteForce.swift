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
    let steps = program.threads.map { $0.flatMap(Step.steps) }
    var paths: [State: Int] = [State(threads: steps.count): 1]
    // A class is met once at each length, with the number of orders that lead there.
    while !paths.isEmpty {
      var longer: [State: Int] = [:]
      for (state, count) in paths {
        let next = steps.indices.compactMap { state.taking(aStepOf: $0, of: steps) }
        for state in next { longer[state, default: 0] += count }
        guard next.isEmpty else { continue }
        interleavings += count
        if state.hasEnded(steps) {
          completedClasses += 1
          outcomes.insert(SmallProgram.Outcome(memory: state.memory, read: state.read))
        } else {
          deadlockedClasses += 1
        }
      }
      paths = longer
    }
  }

  /// An operation, or the half of one.
  private enum Step {
    case operation(SmallProgram.Operation)
    case readToCopy(Int)
    case writeCopy(Int)

    static func steps(of operation: SmallProgram.Operation) -> [Step] {
      guard case .copy(let from, let to) = operation else { return [.operation(operation)] }
      return [.readToCopy(from), .writeCopy(to)]
    }
  }

  /// A class of beginnings: which version of its object each operation met, and what came of it.
  private struct State: Hashable {
    var versions: [[Int]]
    var memory = Array(repeating: 0, count: SmallProgram.objectCount)
    var read: [[Int]]
    /// What each thread has read of what it copies.
    private var copied: [Int]
    private var isLocked = Array(repeating: false, count: SmallProgram.objectCount)
    private var cellVersions = Array(repeating: 0, count: SmallProgram.objectCount)
    private var lockVersions = Array(repeating: 0, count: SmallProgram.objectCount)

    init(threads count: Int) {
      versions = Array(repeating: [], count: count)
      read = versions
      copied = Array(repeating: 0, count: count)
    }

    func hasEnded(_ steps: [[Step]]) -> Bool {
      zip(versions, steps).allSatisfy { $0.count == $1.count }
    }

    /// Nil if the thread can take none.
    func taking(aStepOf thread: Int, of steps: [[Step]]) -> State? {
      guard versions[thread].count < steps[thread].count else { return nil }
      var next = self
      switch steps[thread][versions[thread].count] {
      case .operation(let operation):
        guard next.take(operation, thread) else { return nil }
      case .readToCopy(let cell):
        next.copied[thread] = memory[cell]
        next.versions[thread].append(cellVersions[cell])
      case .writeCopy(let cell):
        next.write(copied[thread], to: cell, thread)
      }
      return next
    }

    private mutating func write(_ value: Int, to cell: Int, _ thread: Int) {
      memory[cell] = value
      versions[thread].append(cellVersions[cell])
      cellVersions[cell] += 1
    }

    /// False if it cannot be done now.
    private mutating func take(_ operation: SmallProgram.Operation, _ thread: Int) -> Bool {
      switch operation {
      case .read(let cell):
        read[thread].append(memory[cell])
        versions[thread].append(cellVersions[cell])
      case .write(let cell, let value):
        write(value, to: cell, thread)
      case .add(let cell, let amount):
        read[thread].append(memory[cell])
        write(memory[cell] &+ amount, to: cell, thread)
      case .copy:
        preconditionFailure("a copy is two steps")
      case .lock(let lock):
        guard !isLocked[lock] else { return false }
        isLocked[lock] = true
        versions[thread].append(lockVersions[lock])
        lockVersions[lock] += 1
      case .unlock(let lock):
        isLocked[lock] = false
        versions[thread].append(lockVersions[lock])
        lockVersions[lock] += 1
      }
      return true
    }
  }
}
