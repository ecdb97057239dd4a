import LockstepEngine
import Testing

@Suite struct `A tree of schedules` {
  @Test func `gives back every schedule that is in use, and keeps no other`() {
    var random = SplitMix64(seed: 11)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    var tree = ScheduleTree()
    var used: [(node: Int32, threads: [ThreadID])] = []
    var most = 0
    for round in 0..<20_000 {
      let isGrowing = round / 400 % 2 == 0
      if used.isEmpty || below(4) < (isGrowing ? 3 : 1) {
        let parent = used.isEmpty || below(10) == 0 ? nil : used[below(used.count)]
        let start = parent.map { below($0.threads.count + 1) } ?? 0
        let own = (0..<below(6)).flatMap { _ in
          Array(repeating: ThreadID(UInt8(below(64))), count: 1 + below(9))
        }
        let node = tree.add(leaving: parent?.node ?? -1, at: start)
        tree.setThreads(of: node, own)
        used.append((node, (parent?.threads.prefix(start) ?? []) + own))
      } else if below(8) == 0 {
        let again = used[below(used.count)]
        tree.retain(again.node)
        used.append(again)
      } else {
        let place = below(used.count)
        tree.release(used[place].node)
        used.remove(at: place)
      }
      most = max(most, used.count)
      guard let one = used.isEmpty ? nil : used[below(used.count)] else { continue }
      let count = below(one.threads.count + 1)
      var threads: [ThreadID] = [ThreadID(9)]
      tree.getThreads(of: one.node, count: count, into: &threads)
      #expect(threads == Array(one.threads.prefix(count)))
    }
    #expect(most > 100)
    for one in used { tree.release(one.node) }
    #expect(tree.count == 0)
  }
}
