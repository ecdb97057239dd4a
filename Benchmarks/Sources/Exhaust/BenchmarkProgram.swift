/// A program of the corpus at the size at which it is timed.
struct BenchmarkProgram {
  let name: String
  let sizes: [Int]
  /// Whether its memory is looked at too.
  let measuresMemory: Bool

  init(_ name: String, _ sizes: Int..., measuresMemory: Bool = false) {
    self.name = name
    self.sizes = sizes
    self.measuresMemory = measuresMemory
  }

  /// What it is called in the table, and its arguments to `corpus`.
  var title: String { arguments.joined(separator: " ") }

  var arguments: [String] { [name] + sizes.map(String.init) }

  /// The table.
  static let all = [
    BenchmarkProgram("race", 2, 4),
    BenchmarkProgram("race", 2, 5, measuresMemory: true),
    BenchmarkProgram("lastzero", 15, measuresMemory: true),
    BenchmarkProgram("fib", 5),
    BenchmarkProgram("readers", 13),
    BenchmarkProgram("indexer", 15),
  ]
}
