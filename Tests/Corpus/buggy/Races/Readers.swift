extension CorpusProgram {
  /// One thread writes a variable that several others read once.
  static let readers = CorpusProgram(
    "readers", "one thread writes what several others read once", parameters: ["readers"],
    defaults: [8], minimums: [0], finding: "dataRace", classes: { 1 << $0[0] }
  ) { sizes in
    withShared(0) { value in
      var team = Team<Int>(capacity: sizes[0] + 1)
      team.start(sharing: value) { argument in
        member(argument, of: Int.self).shared.pointee = 1
        return nil
      }
      for _ in 0..<sizes[0] {
        team.start(sharing: value) { argument in
          // What a thread returns has to be read.
          UnsafeMutableRawPointer(bitPattern: member(argument, of: Int.self).shared.pointee)
        }
      }
      team.join()
      return value.pointee
    }
  }
}
