import Dispatch

extension CorpusProgram {
  /// Work in each of two serial queues waits on the other queue.
  ///
  /// Two calls are on one queue and come in either order: that by which the body hands work to the
  /// right queue, and that of the work in the left one. If the body's comes first, both wait.
  static let crossing = CorpusProgram(
    "crossing", "work in each of two queues waits on the other queue", parameters: [], defaults: [],
    finding: "deadlock", classes: { _ in 2 }
  ) { _ in
    let left = DispatchQueue(label: "left")
    let right = DispatchQueue(label: "right")
    let group = DispatchGroup()
    left.async(group: group) { right.sync {} }
    right.async(group: group) { left.sync {} }
    group.wait()
    return 0
  }
}
