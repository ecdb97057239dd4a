/// What the threads of `lastzero` share.
private struct Row {
  let cells: UnsafeMutablePointer<Int>
  let count: Int
}

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
    return withShared(Row(cells: cells, count: sizes[0])) { row in
      var team = Team<Row>(capacity: sizes[0] + 1)
      // The reader is number 0, and writer j number j.
      team.start(sharing: row) { argument in
        let row = member(argument, of: Row.self).shared.pointee
        var place = row.count
        while row.cells[place] != 0 { place -= 1 }
        return nil
      }
      for _ in 0..<sizes[0] {
        team.start(sharing: row) { argument in
          let me = member(argument, of: Row.self)
          let cells = me.shared.pointee.cells
          cells[me.index] = cells[me.index - 1] + 1
          return nil
        }
      }
      team.join()
      return cells[sizes[0]]
    }
  }
}
