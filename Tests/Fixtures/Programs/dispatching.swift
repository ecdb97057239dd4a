// What an execution learns for those to come, where each is a process of its own; and threads that are polled.
import Dispatch
import Foundation

nonisolated(unsafe) var count = 0

func inTime() {
  let group = DispatchGroup()
  group.enter()
  DispatchQueue.global().async { group.leave() }
  print(group.wait(timeout: .now() + 5) == .success ? "in time" : "late")
}

func suspends() {
  let queue = DispatchQueue(label: "queue")
  queue.suspend()
  queue.async { count += 1 }
  print(count)
  queue.resume()
  print(queue.sync { count })
}

func polls() {
  let threads = [Thread { count += 1 }, Thread { count += 1 }]
  for thread in threads { thread.start() }
  while !threads.allSatisfy({ $0.isFinished }) { Thread.sleep(forTimeInterval: 0.01) }
  print(count)
}

final class Settings: @unchecked Sendable {
  lazy var value: Int = { count + 7 }()
}

func lazily() {
  let settings = Settings()
  DispatchQueue.concurrentPerform(iterations: 2) { _ in _ = settings.value }
}

let bank = DispatchQueue(label: "bank")

func add(_ amount: Int) { bank.sync { count += amount } }

/// Waits for the queue whose work it is, whoever else waits for it.
func addTwice(_ amount: Int) {
  bank.sync {
    add(amount)
    add(amount)
  }
}

func nests() {
  DispatchQueue.global().async { add(1) }
  addTwice(2)
}

switch CommandLine.arguments[1] {
case "inTime": inTime()
case "suspends": suspends()
case "polls": polls()
case "lazily": lazily()
case "nests": nests()
default: exit(2)
}
