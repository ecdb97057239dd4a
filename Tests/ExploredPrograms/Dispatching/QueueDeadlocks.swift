import Dispatch

/// Waits on a queue for work in the same queue.
public func syncOnOwnQueue() -> Int {
  let queue = DispatchQueue(label: "com.example.own")
  return queue.sync { queue.sync { 1 } }
}

/// The same from work that was enqueued.
public func syncOnOwnQueueInWork() -> Int {
  let queue = DispatchQueue(label: "com.example.own")
  let done = DispatchSemaphore(value: 0)
  queue.async {
    queue.sync {}
    done.signal()
  }
  done.wait()
  return 1
}

/// Two queues, each of which waits on the other: in some schedules both at the same time.
public func syncOnEachOther() -> Int {
  let left = DispatchQueue(label: "com.example.left")
  let right = DispatchQueue(label: "com.example.right")
  let done = DispatchGroup()
  left.async(group: done) { right.sync {} }
  right.async(group: done) { left.sync {} }
  done.wait()
  return 1
}
