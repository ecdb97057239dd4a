// Actors that are entered by others while they wait.

actor Stock {
  private var count = 1

  func buy() async -> Bool {
    guard count > 0 else { return false }
    await Task.yield()
    count -= 1
    return true
  }
}

actor Ledger {
  var sum = 0

  func add(_ amount: Int) { sum += amount }
}

/// What it reads before it waits is for the ledger alone.
actor Counter {
  var value = 0
  let ledger = Ledger()

  func count() async {
    let before = value
    await ledger.add(before)
    value += 1
  }

  func check() { precondition(value == 2) }
}

/// Loads what others may be loading as well.
actor Cache {
  private var entries: [Int: Int] = [:]

  func entry(_ key: Int) async -> Int {
    if let known = entries[key] { return known }
    await Task.yield()
    entries[key] = 7
    return 7
  }
}

func loads() async {
  let cache = Cache()
  async let one = cache.entry(1)
  async let other = cache.entry(1)
  _ = await (one, other)
}

func buys() async {
  let stock = Stock()
  async let one = stock.buy()
  async let other = stock.buy()
  let bought = await [one, other]
  print(bought)
}

func counts() async {
  let counter = Counter()
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<2 { group.addTask { await counter.count() } }
  }
  await counter.check()
}

@main
struct Reentrant {
  static func main() async {
    switch CommandLine.arguments.dropFirst().first {
    case "buys": await buys()
    case "loads": await loads()
    default: await counts()
    }
  }
}
