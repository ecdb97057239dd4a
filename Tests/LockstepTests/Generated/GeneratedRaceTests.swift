import ExploredPrograms
import Lockstep
import LockstepReport
import Testing

/// Data races of generated programs on real threads.
@Suite struct `Data races on real threads` {
  static let count = 60

  @Test func `are not there where an idiom keeps each cell's accesses apart`() throws {
    var idioms: [SharingProgramGenerator.Idiom: Int] = [:]
    var executions = 0
    for seed in 0..<Self.count {
      var generator = SharingProgramGenerator(seed: UInt64(seed))
      let program = generator.program()
      let exploration = try explored(named: "kept apart \(seed)") { program.run() }
      #expect(exploration.verdict == .pass, "\(program.threads): \(exploration)")
      executions += exploration.executions
      for idiom in generator.idioms { idioms[idiom, default: 0] += 1 }
    }
    #expect(executions > Self.count * 3)
    for idiom in SharingProgramGenerator.Idiom.allCases {
      #expect(idioms[idiom, default: 0] >= 5, "\(idiom)")
    }
  }

  @Test func `are found where one access is not kept apart, on its cell, with its thread`() throws {
    var races = 0
    for seed in 0..<Self.count {
      var generator = SharingProgramGenerator(seed: UInt64(1_000 + seed))
      let (program, cell) = generator.planted()
      let exploration = try explored(named: "planted \(seed)") { program.run() }
      #expect(exploration.isComplete && exploration.verdict == .fail, "\(program)")
      for finding in exploration.report.unit.findings {
        // Where the access falls into an update, the lost update is what is told.
        #expect(["dataRace", "lostUpdate"].contains(finding.kind), "\(program): \(exploration)")
        if finding.kind == "dataRace" { races += 1 }
        let planted = finding.events.filter { $0.function?.contains("Unprotected") == true }
        #expect(planted.map(\.object) == ["Cells.cell\(cell)"], "\(program): \(exploration)")
        let thread = finding.threads[planted.first?.thread ?? 0]
        #expect(finding.summary.contains("Cells.cell\(cell)"), "\(program): \(exploration)")
        #expect(finding.summary.contains("\(thread) "), "\(program): \(exploration)")
      }
      #expect(exploration.findings.count == 1, "\(program): \(exploration)")
    }
    #expect(races > Self.count * 2 / 3)
  }

  @Test func `are found in the one class of a thousand that has it, and replayed`() throws {
    let exploration = try explored(named: "rare race") { rareRace() }
    #expect(exploration.isComplete)
    #expect(exploration.executions == 1_001)
    #expect(exploration.outcomes == [-1: 1_000, 1: 1])
    #expect(exploration.findings.map(\.kind) == ["dataRace"])
    let finding = try #require(exploration.findings.first)
    #expect(finding.summary.contains("Watched.data"))
    let replayed = try explored(.replay(finding.schedule), named: "rare race") { rareRace() }
    #expect(replayed.executions == 1)
    #expect(replayed.findings.map(\.schedule) == [finding.schedule])
    #expect(replayed.findings.map(\.text) == [finding.text])
  }
}
