extension CorpusProgram {
  /// How many ways there are to choose so many of a number of things.
  static func binomial(_ total: Int, _ chosen: Int) -> Int {
    (0..<chosen).reduce(1) { $0 * (total - $1) / ($1 + 1) }
  }

  /// Ways to put the critical sections of threads in order, each thread's in its own.
  static func arrangements(threads: Int, sections: Int) -> Int {
    (1...threads).reduce(1) { $0 * binomial($1 * sections, sections) }
  }
}
