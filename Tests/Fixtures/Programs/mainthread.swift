// What the main thread does while work waits for the main queue.
import Dispatch
import Foundation

let done = DispatchSemaphore(value: 0)
nonisolated(unsafe) var count = 0

func report() {
  count += 1
  guard count == 2 else { return }
  print("both")
  exit(0)
}

switch CommandLine.arguments[1] {
case "waits":
  DispatchQueue.main.async { done.signal() }
  done.wait()
case "waitsForTask":
  Task { @MainActor in done.signal() }
  done.wait()
case "waitsForSync":
  DispatchQueue.global().async {
    DispatchQueue.main.sync {}
    done.signal()
  }
  done.wait()
case "returns":
  DispatchQueue.main.async { print("came") }
case "gives":
  for _ in 0..<2 { DispatchQueue.global().async { DispatchQueue.main.async { report() } } }
  dispatchPrecondition(condition: .onQueue(.main))
  count = 0
  dispatchMain()
case "givesForNothing":
  DispatchQueue.main.async { count += 1 }
  dispatchMain()
default: exit(2)
}
