/// Finds the cycles among edges of a lock order whose threads can all stand at them at once.
struct LockCycleSearch {
  /// What `Edge.heldRange` is a part of.
  private let held: [LockOrder.Hold]
  /// What `Edge.outer` and `Edge.inner` number.
  private let locks: [ObjectID]
  private let kinships: [LockOrder.Kinship]
  /// Those that differ in what a cycle needs to know of them.
  private var edges: [LockOrder.Edge] = []
  private var path: [Int] = []
  private var found: [Finding] = []
  /// Extensions of a path that may still be tried.
  private var remaining = maximumExtensions

  // Beyond these there are so many cycles that those left out are not missed.
  private static let maximumEdges = 128
  private static let maximumExtensions = 20_000

  init(
    among all: [LockOrder.Edge], held: [LockOrder.Hold], locks: [ObjectID],
    kinships: [LockOrder.Kinship]
  ) {
    self.held = held
    self.locks = locks
    self.kinships = kinships
    for edge in all {
      guard edges.count < Self.maximumEdges else { break }
      if !edges.contains(where: { isSame($0, edge) }) { edges.append(edge) }
    }
  }

  /// A finding for each set of locks.
  mutating func findings() -> [Finding] {
    for start in edges.indices {
      path.append(start)
      extend()
      path.removeLast()
    }
    return found
  }

  private func isSame(_ one: LockOrder.Edge, _ other: LockOrder.Edge) -> Bool {
    one.thread == other.thread && one.outer == other.outer && one.inner == other.inner
      && one.outerIsShared == other.outerIsShared && one.innerIsShared == other.innerIsShared
      && one.segment == other.segment
      && held[one.heldRange].elementsEqual(held[other.heldRange])
  }

  /// Goes on from the path's last lock; a cycle begins with its lowest lock, so that it is met once.
  private mutating func extend() {
    let first = edges[path[0]]
    let last = edges[path[path.count - 1]]
    for next in edges.indices
    where edges[next].outer == last.inner && edges[next].outer > first.outer {
      guard remaining > 0 else { return }
      remaining -= 1
      guard waits(last, for: edges[next]) else { continue }
      guard path.allSatisfy({ canMeet(edges[$0], edges[next]) }) else { continue }
      path.append(next)
      if edges[next].inner != first.outer {
        extend()
      } else if waits(edges[next], for: first) {
        note()
      }
      path.removeLast()
    }
  }

  /// Whether who takes a lock, where one edge ends, waits for who holds it, where the other begins.
  private func waits(_ one: LockOrder.Edge, for other: LockOrder.Edge) -> Bool {
    !(one.innerIsShared && other.outerIsShared)
  }

  /// Whether two threads can stand at these acquisitions at the same time.
  private func canMeet(_ one: LockOrder.Edge, _ other: LockOrder.Edge) -> Bool {
    guard one.thread != other.thread,
      !held[one.heldRange].contains(where: { hold in
        held[other.heldRange].contains { hold.excludes($0) }
      })
    else { return false }
    return one.innerStep < other.innerStep
      ? !isOrdered(one, before: other) : !isOrdered(other, before: one)
  }

  /// Whether creation and joining alone put a step after an earlier one of another thread.
  private func isOrdered(
    _ earlier: LockOrder.Edge, before later: LockOrder.Edge
  ) -> Bool {
    var reached = ThreadSet(earlier.thread)
    for kinship in kinships
    where kinship.step > earlier.innerStep && kinship.step < later.innerStep
      && reached.contains(kinship.first)
    {
      reached.insert(kinship.second)
    }
    return reached.contains(later.thread)
  }

  private mutating func note() {
    let locks = path.map { self.locks[Int(edges[$0].outer)] }
      .sorted { $0.rawValue < $1.rawValue }
    guard !found.contains(where: { $0.locks == locks }) else { return }
    let steps = path.flatMap { [edges[$0].outerStep, edges[$0].innerStep] }.sorted()
    found.append(Finding(kind: .lockOrder, object: locks.first, steps: steps, locks: locks))
  }
}
