extension CorpusProgram {
  /// Writers that each copy their neighbour plus one, and a reader that looks for the last zero.
  ///
  /// (Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 2017, section 10.)
  static let lastZero = CorpusProgram(
    "lastzero", "writer j copies cell j-1 plus one to cell j; a reader walks down to a zero",
    parameters: ["writers"], defaults: [5], finding: "dataRace",
    classes: { sizes in sizes[0] == 1 ? 2 : (sizes[0] + 3) << (sizes[0] - 2) }
  ) { sizes in
    let cells = zeros(sizes[0] + 1, of: Int.self)
    defer { cells.deallocate() }
    let threads = Threads(count: sizes[0] + 1)
    threads.start(0, cells + sizes[0]) { argument in
      var cell = given(argument, as: Int.self)
      while cell.pointee != 0 { cell -= 1 }
      return nil
    }
    // Each writer is given its own cell.
    each(sizes[0]) { index in
      threads.start(index + 1, cells + index + 1) { argument in
        let cell = given(argument, as: Int.self)
        cell.pointee = (cell - 1).pointee + 1
        return nil
      }
    }
    threads.join()
    return cells[sizes[0]]
  }
}
