extension CorpusProgram {
  /// One thread writes a variable that several others read once.
  static let readers = CorpusProgram(
    "readers", "one thread writes what several others read once", parameters: ["readers"],
    defaults: [8], minimums: [0], finding: "dataRace", classes: { 1 << $0[0] }
  ) { sizes in
    withShared(0) { value in
      let threads = Threads(count: sizes[0] + 1)
      threads.start(0, value) { argument in
        given(argument, as: Int.self).pointee = 1
        return nil
      }
      each(sizes[0]) { index in
        threads.start(index + 1, value) { argument in
          // What a thread returns has to be read.
          UnsafeMutableRawPointer(bitPattern: given(argument, as: Int.self).pointee)
        }
      }
      threads.join()
      return value.pointee
    }
  }
}
