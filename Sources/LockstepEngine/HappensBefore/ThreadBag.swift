/// Threads, each as often as it was put in.
struct ThreadBag {
  private var counts: [ThreadID: Int] = [:]

  mutating func insert(_ thread: ThreadID) { counts[thread, default: 0] += 1 }

  /// Takes a thread out once; false if it is not in there.
  mutating func remove(_ thread: ThreadID) -> Bool {
    guard let count = counts[thread], count > 0 else { return false }
    counts[thread] = count - 1
    return true
  }
}
