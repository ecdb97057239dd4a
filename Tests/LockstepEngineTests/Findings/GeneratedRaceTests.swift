import LockstepEngine
import Testing

/// Data races of generated programs, trace by trace against a plain detector.
@Suite struct `Data races of generated programs` {
  static let count = 500
  /// Executions after which a program is too large, and another takes its place.
  static let limit = 400

  @Test func `are not there, in any schedule, where an idiom keeps each cell's accesses apart`() {
    var programs = 0
    var traces = 0
    var tooLarge = 0
    var idioms: [SharingProgram.Idiom: Int] = [:]
    var seed: UInt64 = 0
    while programs < Self.count {
      seed += 1
      let sharing = SharingGenerator.program(seed: seed)
      guard let explored = ExploredRaces(sharing.program, limit: Self.limit) else {
        tooLarge += 1
        continue
      }
      programs += 1
      traces += explored.traces
      for idiom in sharing.idioms { idioms[idiom, default: 0] += 1 }
      if let complaint = explored.complaint { return report(complaint, sharing.program) }
      #expect(explored.races.isEmpty, "\(seed): \(sharing.program.threads)")
      #expect(explored.plainRaces == 0 && explored.deadlocks == 0, "\(sharing.program.threads)")
    }
    #expect(tooLarge * 10 < Self.count)
    #expect(traces > Self.count * 10)
    for idiom in SharingProgram.Idiom.allCases {
      #expect(idioms[idiom, default: 0] > Self.count / 10, "\(idiom)")
    }
  }

  @Test func `are found where one access is not kept apart, on its cell and with it as one side`() {
    var programs = 0
    var alone = 0
    var stores = 0
    var random = SplitMix64(seed: 1)
    var seed: UInt64 = 0
    while programs < Self.count {
      seed += 1
      let correct = SharingGenerator.program(seed: seed)
      guard !correct.dataCells.isEmpty, let sharing = correct.planting(&random),
        let planted = sharing.planted,
        let explored = ExploredRaces(sharing.program, limit: Self.limit)
      else { continue }
      if let complaint = explored.complaint { return report(complaint, sharing.program) }
      // In a thread that does other things it can be ordered after all.
      if explored.plainRaces == 0, !planted.isAlone {
        #expect(explored.races.isEmpty, "\(seed): \(sharing.program.threads)")
        continue
      }
      programs += 1
      if planted.isAlone { alone += 1 }
      if planted.isStore { stores += 1 }
      #expect(!explored.races.isEmpty, "\(seed): \(sharing.program.threads)")
      for race in explored.races {
        #expect(race.object == Machine.cell(planted.cell), "\(seed): \(sharing.program.threads)")
        #expect(
          race.first == planted.programCounter || race.second == planted.programCounter,
          "\(seed): \(sharing.program.threads)")
      }
      #expect(explored.racyObjects == [Machine.cell(planted.cell)])
    }
    #expect((Self.count / 4...Self.count * 3 / 4).contains(alone))
    #expect((Self.count / 4...Self.count * 3 / 4).contains(stores))
  }

  /// Anything goes here: most of these programs race, many at several places.
  @Test(arguments: [
    Generator.Flavour.orders, .locks, .conditions, .semaphores, .memory, .swaps, .readers,
    .timeouts, .barriers,
  ])
  func `are those of the plain detector in every trace of any program`(
    flavour: Generator.Flavour
  ) {
    var racy = 0
    var ordered = 0
    let programs = flavour == .orders ? 600 : 200
    for seed in 0..<programs {
      var generator = Generator(seed: UInt64(7_000_000 + seed))
      let program = generator.program(flavour)
      guard let explored = ExploredRaces(program, limit: 60, isWhole: false) else { continue }
      if let complaint = explored.complaint { return report(complaint, program) }
      if explored.plainRaces > 0 { racy += 1 }
      if explored.orderedPairs > 0 { ordered += 1 }
    }
    // These generate few ordinary accesses.
    let isSparse = [.readers, .timeouts, .barriers].contains(flavour)
    #expect(racy * (isSparse ? 40 : 6) > programs)
    #expect(ordered * 30 > programs)
  }

  private func report(_ complaint: String, _ program: Program) {
    let smallest = program.shrunk {
      ExploredRaces($0, limit: Self.limit, isWhole: false)?.complaint != nil
    }
    Issue.record("\(complaint); smallest: \(smallest.threads), \(smallest.semaphores)")
  }
}
