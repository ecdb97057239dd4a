import Testing

@testable import LockstepCommand

@Suite struct `The analysis of hangs` {
  private func owned(_ threads: Int32...) -> ThreadActivity {
    .waits(Wait(kind: .mutex, object: 8, wakers: .owners(threads)))
  }

  private func taken(_ threads: Int32...) -> ThreadActivity {
    .waits(Wait(kind: .semaphore, object: 8, wakers: .takers(threads)))
  }

  private let anyone = ThreadActivity.waits(Wait(kind: .condition, object: 8, wakers: .anyone))

  private func analysis(
    _ activities: [Int32: ThreadActivity], wokenFromOutside: Bool = false
  ) -> HangAnalysis {
    HangAnalysis(activities: activities, canBeWokenFromOutside: wokenFromOutside)
  }

  private func certain(_ activities: [Int32: ThreadActivity]) -> HangAnalysis.Verdict? {
    analysis(activities, wokenFromOutside: true).certain(among: Set(activities.keys))
  }

  @Test func `is certain of a circle, whatever the others do`() {
    let verdict = certain([1: owned(2), 2: owned(3), 3: owned(1), 4: .mayRun, 5: owned(1)])
    #expect(verdict?.cause == .cycle([1, 2, 3]))
    #expect(verdict?.stuck == [1, 2, 3, 5])
    #expect(certain([7: owned(7), 8: .mayRun])?.cause == .cycle([7]))
  }

  @Test func `is certain of a lock whose owner has ended`() {
    #expect(certain([1: owned(9), 2: .mayRun])?.cause == .leak(waiter: 1, owner: 9))
    #expect(certain([1: owned(2), 2: owned(9)])?.cause == .leak(waiter: 2, owner: 9))
  }

  @Test func `is not certain while an owner can go on`() {
    #expect(certain([1: owned(2), 2: .mayRun]) == nil)
    #expect(certain([1: owned(2), 2: anyone]) == nil)
    #expect(certain([1: owned(2), 2: .idle]) == nil)
    #expect(certain([1: taken(2), 2: taken(1)]) == nil)
  }

  @Test func `needs one reader that never lets go`() {
    #expect(certain([1: owned(2, 3), 2: .mayRun, 3: owned(1)])?.cause == .cycle([1, 3]))
    #expect(certain([1: owned(2, 3), 2: .mayRun, 3: .mayRun]) == nil)
  }

  @Test func `trusts only threads that did nothing meanwhile`() {
    let analysis = analysis([1: owned(2), 2: owned(1)])
    #expect(analysis.certain(among: [1]) == nil)
    #expect(analysis.certain(among: [1, 2])?.cause == .cycle([1, 2]))
  }

  @Test func `calls it likely only when every thread waits`() {
    #expect(analysis([1: anyone, 2: .mayRun]).likely() == nil)
    #expect(analysis([1: .idle]).likely() == nil)
    #expect(analysis([1: anyone, 2: .idle]).likely()?.cause == .nobodyLeft)
    #expect(analysis([1: anyone], wokenFromOutside: true).likely() == nil)
  }

  @Test func `follows takers of semaphores once nothing moves`() {
    let leak = analysis([1: taken(9), 2: taken(1)], wokenFromOutside: true).likely()
    #expect(leak?.cause == .leak(waiter: 1, owner: 9))
    #expect(leak?.isCertain == false)
    let circle = analysis([1: taken(2), 2: taken(1)], wokenFromOutside: true).likely()
    #expect(circle?.cause == .cycle([1, 2]))
    #expect(analysis([1: taken(2), 2: anyone], wokenFromOutside: true).likely() == nil)
  }

  /// Brute force: a thread is stuck unless some order of wake-ups reaches it.
  @Test func `agrees with trying out who can still be woken`() {
    let choices: [ThreadActivity] = [.mayRun, anyone, owned(1), owned(2), owned(3), owned(9)]
    for first in choices {
      for second in choices {
        for third in choices {
          let activities: [Int32: ThreadActivity] = [1: first, 2: second, 3: third]
          var free = Set<Int32>()
          for _ in 1...3 {
            for (thread, activity) in activities {
              guard case .waits(let wait) = activity, case .owners(let owners) = wait.wakers else {
                free.insert(thread)
                continue
              }
              if owners.allSatisfy({ free.contains($0) }) { free.insert(thread) }
            }
          }
          let stuck = activities.keys.filter { !free.contains($0) }.sorted()
          #expect(certain(activities)?.stuck ?? [] == stuck)
        }
      }
    }
  }
}
