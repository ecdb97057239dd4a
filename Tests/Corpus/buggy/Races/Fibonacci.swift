/// What the threads of `fib` share.
private struct Pair {
  var i = 1
  var j = 1
  let additions: Int
}

/// Calls of their own: inlined, the loops around them would keep sums in registers.
@inline(never)
private func addToFirst(_ pair: UnsafeMutablePointer<Pair>) {
  pair.pointee.i = pair.pointee.i + pair.pointee.j
}

@inline(never)
private func addToSecond(_ pair: UnsafeMutablePointer<Pair>) {
  pair.pointee.j = pair.pointee.j + pair.pointee.i
}

extension CorpusProgram {
  private static let fibonacciClasses = [2: 140, 3: 1_698, 4: 19_605, 5: 218_243]

  /// Two threads that add one variable to the other, and a main thread that looks in between.
  ///
  /// (SV-COMP's pthread/fib_bench.) The main thread joins only after it has read both.
  static let fibonacci = CorpusProgram(
    "fib", "two threads add i to j and j to i; the main thread reads both at any time",
    parameters: ["additions of each"], defaults: [2], finding: "dataRace",
    classes: { fibonacciClasses[$0[0]] }
  ) { sizes in
    withShared(Pair(additions: sizes[0])) { pair in
      let threads = Threads(count: 2)
      threads.start(0, pair) { argument in
        let pair = given(argument, as: Pair.self)
        each(pair.pointee.additions) { _ in addToFirst(pair) }
        return nil
      }
      threads.start(1, pair) { argument in
        let pair = given(argument, as: Pair.self)
        each(pair.pointee.additions) { _ in addToSecond(pair) }
        return nil
      }
      let (i, j) = (pair.pointee.i, pair.pointee.j)
      threads.join()
      return max(i, j)
    }
  }
}
