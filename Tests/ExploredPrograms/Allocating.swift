import Foundation

/// Three threads, each with blocks and arrays of its own, freed and asked for again.
public func ownMemory() -> [Int] {
  final class Sum: @unchecked Sendable {
    // Each is touched by one thread, and by the body once that has ended.
    var value = 0
  }
  let sums = [Sum(), Sum(), Sum()]
  let work: @Sendable (Sum) -> Void = { sum in
    for round in 1...3 {
      let block = UnsafeMutablePointer<Int>.allocate(capacity: 8)
      for index in 0..<8 { block[index] = index * round }
      var list = [Int](repeating: round, count: 8)
      for index in list.indices { list[index] += block[index] }
      block.deallocate()
      sum.value += list.reduce(0, +)
    }
  }
  inParallel({ work(sums[0]) }, { work(sums[1]) }, { work(sums[2]) })
  return sums.map(\.value)
}

/// What two threads hand to each other.
private final class Hatch: @unchecked Sendable {
  let lock = NSLock()
  var block: UnsafeMutablePointer<Int>?
}

/// A block that one thread allocates and the other, if it comes after, frees.
public func blockHandedOver() -> Int {
  let hatch = Hatch()
  final class Result: @unchecked Sendable {
    var value = 0
  }
  let result = Result()
  inParallel(
    {
      let block = UnsafeMutablePointer<Int>.allocate(capacity: 4)
      block[0] = 42
      hatch.lock.withLock { hatch.block = block }
      // What it asks for next must not be what the other has just freed.
      let other = UnsafeMutablePointer<Int>.allocate(capacity: 4)
      other[0] = 7
      other.deallocate()
    },
    {
      let block = hatch.lock.withLock {
        defer { hatch.block = nil }
        return hatch.block
      }
      guard let block else { return }
      result.value = block[0]
      block.deallocate()
    })
  hatch.block?.deallocate()
  return result.value
}

/// A thread allocates and ends; the next one reads and frees.
public func blockLeftToTheNextThread() -> Int {
  let hatch = Hatch()
  final class Result: @unchecked Sendable {
    var value = 0
  }
  let result = Result()
  inParallel({
    let block = UnsafeMutablePointer<Int>.allocate(capacity: 4)
    block[3] = 42
    hatch.block = block
  })
  inParallel({
    guard let block = hatch.block else { return }
    result.value = block[3]
    block.deallocate()
    hatch.block = nil
  })
  return result.value
}

/// Two threads append to one captured String, and to one that is too long to be kept in place.
public func capturedTexts() -> [String] {
  nonisolated(unsafe) var short = ""
  nonisolated(unsafe) var long = String(repeating: "-", count: 20)
  inParallel(
    {
      short += "x"
      long += "x"
    },
    {
      short += "x"
      long += "x"
    })
  return [short, long]
}

/// The allocator's functions as C programs use them, in two threads; what went wrong, if anything.
public func allocatorFunctions() -> [String] {
  final class Complaints: @unchecked Sendable {
    var all: [String] = []
  }
  let complaints = [Complaints(), Complaints()]
  inParallel(
    { complaints[0].all = complaintsAboutAllocator() },
    { complaints[1].all = complaintsAboutAllocator() })
  return complaints.flatMap(\.all)
}

private func holds(_ block: UnsafeMutableRawPointer, _ byte: UInt8, count: Int) -> Bool {
  UnsafeRawBufferPointer(start: block, count: count).allSatisfy { $0 == byte }
}

private func complaintsAboutAllocator() -> [String] {
  var complaints: [String] = []
  func expect(_ condition: Bool, _ what: String) {
    if !condition { complaints.append(what) }
  }
  // Left dirty for the executions that come after.
  if let dirty = malloc(4096) {
    memset(dirty, 0xAA, 4096)
    free(dirty)
  }
  if let zeros = calloc(64, 64) {
    expect(holds(zeros, 0, count: 4096), "calloc gave memory that is not zero")
    free(zeros)
  }
  if var block = malloc(24) {
    memset(block, 0x11, 24)
    for size in [200, 3000, 100_000] {
      guard let larger = realloc(block, size) else { return ["realloc gave nothing"] }
      expect(holds(larger, 0x11, count: 24), "realloc to \(size) lost the contents")
      block = larger
    }
    guard let smaller = realloc(block, 8) else { return ["realloc gave nothing"] }
    expect(holds(smaller, 0x11, count: 8), "a smaller realloc lost the contents")
    free(smaller)
  }
  for alignment in [16, 64, 4096, 65_536] {
    var block: UnsafeMutableRawPointer?
    expect(posix_memalign(&block, alignment, 100) == 0, "posix_memalign failed")
    expect(Int(bitPattern: block) % alignment == 0, "posix_memalign(\(alignment)) is not aligned")
    if let block { memset(block, 1, 100) }
    free(block)
    let other = aligned_alloc(alignment, alignment)
    expect(
      other != nil && Int(bitPattern: other) % alignment == 0,
      "aligned_alloc(\(alignment)) is not aligned")
    if let other { memset(other, 2, alignment) }
    free(other)
  }
  var none: UnsafeMutableRawPointer?
  expect(posix_memalign(&none, 3, 8) == EINVAL, "posix_memalign took an alignment of 3")
  expect(calloc(Int.max, 16) == nil, "calloc took more than there is")
  let empty = (malloc(0), malloc(0))
  expect(empty.0 != nil && empty.0 != empty.1, "two blocks of no bytes are one")
  free(empty.0)
  free(empty.1)
  free(realloc(nil, 16))
  let copy = strdup("a text that libc allocates")
  expect(copy.map { String(cString: $0) } == "a text that libc allocates", "strdup lost its text")
  free(copy)
  free(nil)
  return complaints
}

/// One large block in each of two threads, its ends and middle written and read.
public func largeBlocks(size: Int) -> Int {
  final class Sum: @unchecked Sendable {
    var value = 0
  }
  let sums = [Sum(), Sum()]
  let work: @Sendable (Sum) -> Void = { sum in
    guard let block = malloc(size) else { return }
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    let places = [0, size / 2, size - 1]
    for place in places { bytes[place] = 3 }
    sum.value = places.reduce(0) { $0 + Int(bytes[$1]) }
    free(block)
  }
  inParallel({ work(sums[0]) }, { work(sums[1]) })
  return sums[0].value + sums[1].value
}

/// As large, and every byte written.
public func filledBlocks(size: Int) -> Int {
  let fill: @Sendable () -> Void = {
    let block = malloc(size)
    if let block { memset(block, 1, size) }
    free(block)
  }
  inParallel(fill, fill)
  return size
}

/// Memory that executions leave behind, or that is given to them.
public final class Keepsakes: @unchecked Sendable {
  /// Bytes of each block.
  public static let blockSize = 100
  /// The blocks in the order of the executions, in memory that is allocated outside.
  public let blocks: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  /// Most blocks.
  public let capacity: Int
  /// Blocks left behind, or taken.
  public private(set) var count = 0

  /// Places for so many blocks.
  public init(capacity: Int) {
    self.capacity = capacity
    blocks = .allocate(capacity: capacity)
  }

  deinit { blocks.deallocate() }

  /// What stands in a block's bytes.
  public static func pattern(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: index &* 31 &+ 7) }

  /// Fills places with blocks, on the caller's thread.
  public func fill() {
    for index in 0..<capacity {
      blocks[index] = .allocate(capacity: Self.blockSize)
      blocks[index].initialize(repeating: Self.pattern(index), count: Self.blockSize)
    }
  }

  /// One execution that leaves a block of a thread's own behind.
  public func leaveOne() -> Int {
    nonisolated(unsafe) var block: UnsafeMutablePointer<UInt8>?
    let index = count
    inParallel(
      {
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.blockSize)
        memset(new, Int32(Self.pattern(index)), Self.blockSize)
        block = new
      },
      {
        let own = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.blockSize)
        memset(own, 0xFF, Self.blockSize)
        own.deallocate()
      })
    if let block, index < capacity {
      blocks[index] = block
      count = index + 1
    } else {
      block?.deallocate()
    }
    return 0
  }

  /// One execution whose threads grow and free blocks that were allocated outside; whether these
  /// held what they should.
  public func takeTwo() -> Bool {
    let index = count
    guard index + 1 < capacity else { return true }
    count = index + 2
    nonisolated(unsafe) var isIntact = false
    nonisolated(unsafe) let first = blocks[index]
    nonisolated(unsafe) let second = blocks[index + 1]
    inParallel(
      {
        let larger = realloc(first, 1000)?.assumingMemoryBound(to: UInt8.self)
        isIntact = larger.map { Self.isIntact($0, index) } ?? false
        free(larger)
      }, { second.deallocate() })
    return isIntact
  }

  /// Whether a block holds what was written into it.
  public static func isIntact(_ block: UnsafeMutablePointer<UInt8>, _ index: Int) -> Bool {
    UnsafeBufferPointer(start: block, count: blockSize).allSatisfy { $0 == pattern(index) }
  }
}

/// An object with memory of its own that one execution puts into a global variable.
public final class Souvenir: @unchecked Sendable {
  /// The one that is kept.
  nonisolated(unsafe) public static var kept: Souvenir?
  /// 0 to 99.
  public let numbers = Array(0..<100)
  /// Too long to be kept in place.
  public let text = String(repeating: "kept ", count: 10)
  /// Grows where it is used.
  public var table = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key \($0)", $0) })

  /// Makes it in a thread, if nobody has yet, and races a little.
  public static func keepOne() -> Int {
    inParallel({ if kept == nil { kept = Souvenir() } })
    return checkedIncrements()
  }

  /// Whether all is as it was made.
  public var isIntact: Bool {
    numbers == Array(0..<100) && text == String(repeating: "kept ", count: 10)
      && table.count == 50 && table.allSatisfy { $0.key == "key \($0.value)" }
  }
}

/// A page that two threads add to, and that is unmapped right after the last write to it.
public func mappedPage() -> Int {
  let size = 4096
  let page = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  guard let page, page != MAP_FAILED else { return -1 }
  nonisolated(unsafe) let count = page.bindMemory(to: Int.self, capacity: 1)
  inParallel({ count.pointee += 1 }, { count.pointee += 1 })
  let sum = count.pointee
  count.pointee = 9
  munmap(page, size)
  return sum
}
