// The corpus's 'reentrancy-fixed' with nobody who explores it: what its tasks themselves cost.
import Glibc

@_silgen_name("runJobs") func runJobs()

actor Audit {
  private var total = 0

  func record(_ amount: Int) { total += amount }
}

actor Account {
  var balance = 100
  let audit = Audit()

  func withdraw(_ amount: Int) async {
    guard balance >= amount else { return }
    await audit.record(amount)
    guard balance >= amount else { return }
    balance -= amount
  }
}

func body() async -> Int {
  let account = Account()
  await withTaskGroup(of: Void.self) { group in
    for _ in 1...2 { group.addTask { await account.withdraw(80) } }
  }
  return await account.balance
}

nonisolated(unsafe) var sum = 0
let count = 1_000_000
let clock = SuspendingClock()
let start = clock.now
for _ in 0..<count {
  Task.detached { sum += await body() }
  runJobs()
}
let seconds = (clock.now - start) / .seconds(1)
guard sum == 20 * count else { fatalError("some bodies did not come to their ends") }
print(Int(Double(count) / seconds))
