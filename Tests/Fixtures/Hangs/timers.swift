import Foundation

// Every thread waits, and the clock wakes them.
let semaphore = DispatchSemaphore(value: 0)
let timer = DispatchSource.makeTimerSource(queue: .global())
timer.schedule(deadline: .now() + 2)
timer.setEventHandler { semaphore.signal() }
timer.activate()
semaphore.wait()
DispatchQueue.global().asyncAfter(deadline: .now() + 2) { semaphore.signal() }
semaphore.wait()
Task {
  try await Task.sleep(for: .seconds(2))
  semaphore.signal()
}
semaphore.wait()
print("ended")
exit(5)
