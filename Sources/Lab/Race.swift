/// Cell `race`: threads that add to one total, with nothing to keep them apart.
public func race(threads: Int, increments: Int) -> Int32 {
  let counter = Counter()
  inParallel(threads) { _ in
    for _ in 0..<increments { increment(counter) }
  }
  return counter.total
}

/// Cell `steps`: two threads that each carry out `total += i` once, with i = 1 and i = 2.
public func steps() -> Int32 {
  let counter = Counter()
  inParallel(2) { thread in
    add(Int32(thread) + 1, to: counter)
  }
  return counter.total
}
