import LockstepEngine
import Testing

@Suite struct `The least schedule of a finding` {
  typealias Size = LeastSchedule.Size

  /// The size of the first execution at random that shows it.
  private func known(_ program: Program, _ shows: (Machine.Outcome) -> Bool) -> Size? {
    var walk = RandomWalk(seed: 3, limit: 500)
    while let plan = walk.next() {
      let (execution, outcome) = Machine.run(program, plan)
      guard shows(outcome) else { continue }
      return Size(preemptions: execution.preemptionCount, steps: execution.threads.count)
    }
    return nil
  }

  private func search(
    _ program: Program, atMost known: Size, executionLimit: Int = .max,
    _ shows: (Machine.Outcome) -> Bool
  ) -> LeastSchedule {
    var search = LeastSchedule(atMost: known)
    while search.executions < executionLimit, let plan = search.next() {
      let (execution, outcome) = Machine.run(program, plan)
      search.record(execution, showsFinding: shows(outcome))
    }
    return search
  }

  /// What is wrong with the search, if something is; nil too where there is nothing to find.
  private func complaint(
    _ program: Program, _ shows: (Machine.Outcome) -> Bool, _ found: inout [Size]
  ) -> String? {
    guard let known = known(program, shows),
      let sizes = BruteForce.sizes(of: program, atMost: known.preemptions, limit: 10_000),
      let least = sizes.filter({ shows($0.key) }).values.min()
    else { return nil }
    found.append(least)
    let search = search(program, atMost: known, shows)
    guard let result = search.result else { return "nothing, of \(least)" }
    if result.size != least { return "\(result.size), of \(least)" }
    if !search.isProvenLeast { return "not proven" }
    let again = Machine.run(program, Plan(prefix: result.threads))
    if !shows(again.outcome) { return "does not show it again" }
    if again.execution.threads != result.threads { return "goes another way" }
    if again.execution.preemptionCount != least.preemptions { return "has other preemptions" }
    return nil
  }

  /// Threads that add one to a cell by a read and a write, with something else in between.
  private func race(_ generator: inout Generator) -> (program: Program, total: Int) {
    func below(_ bound: Int) -> Int { Int(generator.random.next() % UInt64(bound)) }
    var total = 0
    let bodies = (0..<2 + below(2)).map { _ in
      (0..<1 + below(2)).flatMap { _ in
        total += 1
        var body: [Program.Instruction] = [.read(0), .write(0, adding: 1)]
        switch below(5) {
        case 0: body = [.lock(0)] + body + [.unlock(0)]
        case 1: body.append(.output)
        case 2: body.insert(.add(1), at: 0)
        default: break
        }
        return body
      }
    }
    return (Program(forkJoin: bodies), total)
  }

  @Test func `is as brute force finds it, for lost updates`() {
    var found: [Size] = []
    for seed in 0..<60 {
      var generator = Generator(seed: UInt64(800_000 + seed))
      let (program, total) = race(&generator)
      // To lose just one takes more preemptions where the other thread would go on and on.
      let shows = { (outcome: Machine.Outcome) in
        outcome.blocked.isEmpty
          && (seed % 2 == 0 ? outcome.memory[0] < total : outcome.memory[0] == total - 1)
      }
      guard let complaint = self.complaint(program, shows, &found) else { continue }
      Issue.record("\(seed): \(complaint): \(program.threads)")
    }
    #expect(found.count > 30)
    #expect(Set(found.map(\.preemptions)).count > 1)
    #expect(Set(found.map(\.steps)).count > 4)
  }

  @Test(arguments: [Generator.Flavour.locks, .conditions, .semaphores, .everything])
  func `is as brute force finds it, for deadlocks`(flavour: Generator.Flavour) {
    var found: [Size] = []
    for seed in 0..<60 {
      var generator = Generator(seed: UInt64(900_000 + flavour.rawValue * 10_000 + seed))
      let program = generator.program(flavour)
      let shows = { (outcome: Machine.Outcome) in !outcome.blocked.isEmpty }
      guard self.complaint(program, shows, &found) != nil else { continue }
      let smallest = program.shrunk {
        var found: [Size] = []
        return self.complaint($0, shows, &found) != nil
      }
      let reason = self.complaint(smallest, shows, &found) ?? ""
      Issue.record("\(flavour) \(seed): \(reason): \(smallest.threads)")
      return
    }
    #expect(found.count > 20)
    #expect(Set(found).count > 5)
  }

  @Test func `of two transfers in opposite order is one preemption, after one step`() {
    let deadlock = { (outcome: Machine.Outcome) in !outcome.blocked.isEmpty }
    let search = search(.bank, atMost: Size(preemptions: 2, steps: 20), deadlock)
    #expect(search.result?.size == Size(preemptions: 1, steps: 2))
    #expect(search.isProvenLeast == true)
  }

  @Test func `has fewer preemptions rather than fewer steps`() {
    // The third thread ends with a lock that the others need, after a while.
    let keeper = Array(repeating: Program.Instruction.add(0), count: 6) + [.lock(1)]
    let program = Program(forkJoin: [[.lock(0), .lock(1)], [.lock(1), .lock(0)], keeper])
    let deadlock = { (outcome: Machine.Outcome) in !outcome.blocked.isEmpty }
    let known = Size(preemptions: 1, steps: 2)
    let search = search(program, atMost: known, deadlock)
    let sizes = BruteForce.sizes(of: program, atMost: 1, limit: 60_000)?.filter { deadlock($0.key) }
    let preemptions = sizes?.values.map(\.preemptions).min() ?? -1
    let steps = sizes?.values.filter { $0.preemptions == preemptions }.map(\.steps).min()
    #expect(search.result?.size.preemptions == preemptions)
    #expect(search.result?.size.steps == steps)
    #expect(steps ?? 0 > known.steps)
    #expect(search.isProvenLeast == true)
  }

  @Test func `is not proven when the search ended early, or never showed the finding`() {
    let lost = { (outcome: Machine.Outcome) in outcome.memory[0] < 6 }
    let known = Size(preemptions: 3, steps: 20)
    let whole = search(.race(2, 3), atMost: known, lost)
    #expect(whole.isProvenLeast == true)
    let early = search(.race(2, 3), atMost: known, executionLimit: whole.executions - 1, lost)
    #expect(early.result != nil)
    #expect(early.isProvenLeast == false)
    let never = search(.race(2, 3), atMost: known) { _ in false }
    #expect(never.result == nil)
    #expect(never.isProvenLeast == false)
  }
}
