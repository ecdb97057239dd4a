import Foundation

/// Two threads that lose an update, and a block that nobody frees.
public func leaksAndLoses(bytes: Int) -> Int {
  final class Total: @unchecked Sendable {
    var value = 0
  }
  let total = Total()
  if let block = malloc(bytes) { memset(block, 1, 1) }
  let work: @Sendable () -> Void = { for _ in 0..<3 { total.value &+= 1 } }
  inParallel(work, work)
  return total.value
}

/// Two locks in opposite order, by threads that have large blocks.
public func deadlocksWithBlocks(bytes: Int) -> Int {
  let pair = Pair()
  inParallel(
    {
      let block = malloc(bytes)
      pair.leftFirst()
      free(block)
    },
    {
      let block = malloc(bytes)
      pair.rightFirst()
      free(block)
    })
  return pair.total
}

/// Two threads in order, whose large blocks are freed, and a small one first that is not.
public func leaksBeforeLargeBlocks(bytes: Int) -> Int {
  let pair = Pair()
  let work: @Sendable () -> Void = {
    if let left = malloc(100) { memset(left, 1, 1) }
    let block = malloc(bytes)
    pair.leftFirst()
    free(block)
  }
  inParallel(work, work)
  return pair.total
}

/// The same with blocks that are aligned to pages between small ones that are not freed.
public func leaksBetweenPages() -> Int {
  let pair = Pair()
  let work: @Sendable () -> Void = {
    let page = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 4096)
    page.storeBytes(of: 1, as: Int.self)
    let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    count.initialize(to: 0)
    pair.leftFirst()
    count.pointee += pair.left.withLock { pair.total }
    page.deallocate()
  }
  inParallel(work, work)
  return pair.total
}
