/// Schedules that begin alike, each by the steps that it does not share with the one it left.
///
/// Their threads are kept as runs, of which there are few, as all but the beginning of a schedule is
/// non-preemptive. A schedule stays as long as something refers to it: a step that is left to be
/// explored, or a schedule that leaves it.
package struct ScheduleTree: Sendable {
  private struct Node {
    /// The schedule that it leaves, or -1.
    var parent: Int32
    /// The first step that is its own.
    var start: Int32
    var firstRun: Int32 = 0
    var runCount: Int32 = 0
    var uses: Int32 = 1
  }

  /// A thread in the lower 8 bits, the steps that it takes in the upper 24.
  private typealias Run = UInt32
  private static let longestRun: UInt32 = 1 << 24 - 1

  private var nodes: [Node] = []
  private var free: [Int32] = []
  private var runs: [Run] = []
  /// Runs that belong to no schedule any more.
  private var garbage = 0

  /// Schedules that are kept.
  package var count: Int { nodes.count - free.count }

  package init() {}

  /// Adds a schedule that leaves another one before the step `start`; its own steps are to follow.
  package mutating func add(leaving parent: Int32, at start: Int) -> Int32 {
    if parent >= 0 { nodes[Int(parent)].uses += 1 }
    let node = Node(parent: parent, start: Int32(start))
    if let index = free.popLast() {
      nodes[Int(index)] = node
      return index
    }
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  /// Says which steps a schedule has of its own, once.
  package mutating func setThreads(of node: Int32, _ threads: some Sequence<ThreadID>) {
    nodes[Int(node)].firstRun = Int32(runs.count)
    var run: Run = 0
    for thread in threads {
      if run != 0, UInt8(truncatingIfNeeded: run) == thread.rawValue, run >> 8 < Self.longestRun {
        run += 1 << 8
      } else {
        if run != 0 { runs.append(run) }
        run = 1 << 8 | Run(thread.rawValue)
      }
    }
    if run != 0 { runs.append(run) }
    nodes[Int(node)].runCount = Int32(runs.count) - nodes[Int(node)].firstRun
  }

  /// Refers to a schedule once more.
  package mutating func retain(_ node: Int32) { nodes[Int(node)].uses += 1 }

  /// Gives up one use of a schedule, and of those that it leaves if it was the last.
  package mutating func release(_ node: Int32) {
    var node = node
    while node >= 0 {
      let index = Int(node)
      nodes[index].uses -= 1
      guard nodes[index].uses == 0 else { return }
      garbage += Int(nodes[index].runCount)
      nodes[index].runCount = 0
      free.append(node)
      node = nodes[index].parent
    }
    if garbage > 4096, garbage * 2 > runs.count { compact() }
  }

  /// Sets `threads` to a schedule's first `count` steps.
  ///
  /// - Complexity: O(`count`).
  package func getThreads(of node: Int32, count: Int, into threads: inout [ThreadID]) {
    threads.removeAll(keepingCapacity: true)
    threads.append(contentsOf: repeatElement(ThreadID(0), count: count))
    var node = node
    var end = count
    while node >= 0, end > 0 {
      let schedule = nodes[Int(node)]
      var step = Int(schedule.start)
      for index in Int(schedule.firstRun)..<Int(schedule.firstRun + schedule.runCount) {
        let thread = ThreadID(UInt8(truncatingIfNeeded: runs[index]))
        let stop = min(step + Int(runs[index] >> 8), end)
        while step < stop {
          threads[step] = thread
          step += 1
        }
      }
      end = min(end, Int(schedule.start))
      node = schedule.parent
    }
  }

  private mutating func compact() {
    var kept: [Run] = []
    kept.reserveCapacity(runs.count - garbage)
    for index in nodes.indices where nodes[index].runCount > 0 {
      let first = Int(nodes[index].firstRun)
      nodes[index].firstRun = Int32(kept.count)
      kept += runs[first..<first + Int(nodes[index].runCount)]
    }
    runs = kept
    garbage = 0
  }
}
