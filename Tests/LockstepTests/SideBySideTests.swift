import ExploredPrograms
import Foundation
import Lockstep
import Synchronization
import Testing

/// Several explorations in one process, with ordinary threads at work beside them.
@Suite struct `Explorations side by side` {
  /// What a program's exploration gives, by itself or in company.
  private struct Summary: Equatable {
    var outcomes: [Int: Int]
    var executions: Int
    var findings: [String]
    var tokens: [String]
  }

  private static let programs: [(name: String, run: @Sendable () -> Int)] = [
    ("checkedIncrements", checkedIncrements), ("mutexIncrements", mutexIncrements),
    ("lockIncrements", lockIncrements), ("oppositeLocks", oppositeLocks),
    ("semaphoreHandOver", semaphoreHandOver), ("conditionHandOver", conditionHandOver),
    ("stringAppends", stringAppends), ("threadsAndSemaphores", threadsAndSemaphores),
    ("atomicLoadsAndStores", atomicLoadsAndStores), ("blockHandedOver", blockHandedOver),
  ]

  private static func summary(of index: Int) throws -> Summary {
    let (name, run) = programs[index % programs.count]
    let exploration = try explored(named: name) { run() }
    #expect(exploration.isComplete, "\(exploration)")
    return Summary(
      outcomes: exploration.outcomes, executions: exploration.executions,
      findings: exploration.findings.map(\.summary),
      tokens: exploration.findings.map(\.schedule))
  }

  @Test func `Four threads that explore at once, beside busy ones, all find what one alone does`()
    async throws
  {
    let alone = try Self.programs.indices.map { try Self.summary(of: $0) }
    let company = Company()
    company.start()
    let differing = Problems()
    let explorers = DispatchGroup()
    for number in 0..<4 {
      explorers.enter()
      Thread {
        for round in 0..<20 {
          let index = (number * 3 + round) % Self.programs.count
          do {
            let summary = try Self.summary(of: index)
            guard summary != alone[index] else { continue }
            differing.all.withLock {
              $0.append("\(Self.programs[index].name): \(summary), alone: \(alone[index])")
            }
          } catch {
            differing.all.withLock { $0.append("\(error)") }
          }
        }
        explorers.leave()
      }.start()
    }
    await withCheckedContinuation { continuation in
      explorers.notify(queue: .global()) { continuation.resume() }
    }
    #expect(differing.all.withLock { $0 } == [])
    let work = await company.stop()
    #expect(work.complaints == [])
    #expect(work.rounds > 0)
    #expect(work.lockedSum == work.rounds)
    #expect(work.taskSum == work.taskRounds)
    #expect(work.dispatchSum == work.dispatchRounds)
  }

  @Test func `Tasks that explore at once find what one alone does`() async throws {
    let alone = try Self.programs.indices.map { try Self.summary(of: $0) }
    try await withThrowingTaskGroup(of: (Int, Summary).self) { group in
      for index in 0..<30 {
        group.addTask { (index % Self.programs.count, try Self.summary(of: index)) }
      }
      for try await (index, summary) in group { #expect(summary == alone[index]) }
    }
  }

  @Test func `An exploration inside another is refused, and the outer one goes on`() throws {
    let exploration = try explored {
      do {
        _ = try explored { 1 }
        return "explored"
      } catch {
        return "\(checkedIncrements()): \(error)"
      }
    }
    let refusal = "an exploration cannot be started inside an explored body"
    #expect(Set(exploration.outcomes.keys) == ["1: \(refusal)", "2: \(refusal)"])
  }
}

private final class Problems: Sendable {
  let all = Mutex<[String]>([])
}

/// Ordinary threads, queues and tasks that work until they are told to stop.
private final class Company: Sendable {
  /// What they did, and what was wrong with it.
  struct Work: Sendable {
    var complaints: [String] = []
    var rounds = 0
    var lockedSum = 0
    var dispatchRounds = 0
    var dispatchSum = 0
    var taskRounds = 0
    var taskSum = 0
  }

  private actor Account {
    var sum = 0

    func add() { sum += 1 }
  }

  private let isOver = Atomic<Bool>(false)
  private let work = Mutex(Work())
  private let lock = NSLock()
  // Only under `lock`.
  nonisolated(unsafe) private var lockedSum = 0
  private let queue = DispatchQueue(label: "company")
  // Only on `queue`.
  nonisolated(unsafe) private var dispatchSum = 0
  private let account = Account()
  private let group = DispatchGroup()
  private let task = Mutex<Task<Void, Never>?>(nil)

  func start() {
    for number in 0..<2 {
      group.enter()
      Thread { [self] in
        var generator = SystemRandomNumberGenerator()
        var rounds = 0
        while !isOver.load(ordering: .relaxed) {
          if let complaint = allocate(UInt8(number + 1), using: &generator) {
            work.withLock { $0.complaints.append(complaint) }
          }
          lock.withLock { lockedSum += 1 }
          rounds += 1
          usleep(200)
        }
        work.withLock { $0.rounds += rounds }
        group.leave()
      }.start()
    }
    group.enter()
    DispatchQueue.global().async { [self] in
      var rounds = 0
      while !isOver.load(ordering: .relaxed) {
        DispatchQueue.concurrentPerform(iterations: 3) { _ in queue.async { self.dispatchSum += 1 }
        }
        queue.sync {}
        rounds += 3
        usleep(500)
      }
      work.withLock { $0.dispatchRounds = rounds }
      group.leave()
    }
    let account = account
    let worker = Task { [self] in
      var rounds = 0
      while !isOver.load(ordering: .relaxed) {
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<3 { group.addTask { await account.add() } }
        }
        rounds += 3
        try? await Task.sleep(for: .microseconds(500))
      }
      work.withLock { $0.taskRounds = rounds }
    }
    task.withLock { $0 = worker }
  }

  func stop() async -> Work {
    isOver.store(true, ordering: .relaxed)
    await task.withLock { $0 }?.value
    await withCheckedContinuation { continuation in
      group.notify(queue: .global()) { continuation.resume() }
    }
    var result = work.withLock { $0 }
    result.lockedSum = lock.withLock { lockedSum }
    result.dispatchSum = queue.sync { dispatchSum }
    result.taskSum = await account.sum
    return result
  }

  /// Allocates, fills, looks again and frees, in changing sizes.
  private func allocate(_ byte: UInt8, using generator: inout SystemRandomNumberGenerator)
    -> String?
  {
    var blocks: [(UnsafeMutablePointer<UInt8>, Int)] = []
    for _ in 0..<8 {
      let size = Int.random(in: 1...5_000, using: &generator)
      let block = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
      block.initialize(repeating: byte, count: size)
      blocks.append((block, size))
    }
    defer { for (block, _) in blocks { block.deallocate() } }
    let isIntact = blocks.allSatisfy { block, size in
      UnsafeBufferPointer(start: block, count: size).allSatisfy { $0 == byte }
    }
    return isIntact ? nil : "a block of an ordinary thread was changed"
  }
}
