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
    default: await counts()
    }
  }
}
