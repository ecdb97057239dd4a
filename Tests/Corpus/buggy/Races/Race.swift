/// What the threads of `race` share.
private struct Counter {
  var total = 0
  let increments: Int
}

/// A call of its own: inlined, the loop around it would fold into one addition.
@inline(never)
private func increment(_ counter: UnsafeMutablePointer<Counter>) {
  counter.pointee.total += 1
}

extension CorpusProgram {
  private static let raceClasses: [[Int]: Int] = [
    [2, 1]: 4, [2, 2]: 34, [2, 3]: 328, [2, 4]: 3_334, [2, 5]: 34_904, [3, 1]: 36, [3, 2]: 7_134,
    [4, 1]: 576,
  ]

  /// Threads that each add one to a total several times, with nothing to keep them apart.
  static let race = CorpusProgram(
    "race", "threads that read a total and write it plus one",
    parameters: ["threads", "increments of each"], defaults: [2, 3], finding: "lostUpdate",
    classes: { sizes in sizes[0] == 1 ? 1 : raceClasses[sizes] }
  ) { sizes in
    withShared(Counter(increments: sizes[1])) { counter in
      let threads = Threads(count: sizes[0])
      each(sizes[0]) { index in
        threads.start(index, counter) { argument in
          let counter = given(argument, as: Counter.self)
          each(counter.pointee.increments) { _ in increment(counter) }
          return nil
        }
      }
      threads.join()
      return counter.pointee.total
    }
  }
}
