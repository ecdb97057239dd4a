import Foundation
import Glibc
import Synchronization
import Testing

@testable import LockstepReport

private struct Inner {
  var first = 0
  var second: Int32 = 0
}

private class Base { var baseValue = 1 }

private final class Counter: Base {
  var total: Int32 = 0
  var isOpen = true
  let lock = NSLock()
  var inner = Inner()
  var items = [1, 2, 3]
  var names = ["a": 1]
  var locks = [NSLock(), NSLock()]
  let mutex = Mutex<Int>(0)
  let atomic = Atomic<Int>(0)
}

nonisolated(unsafe) private var globalTotal = 0
private let globalLock = NSLock()
private enum Shared { nonisolated(unsafe) static var count = 0 }

private func address(_ object: AnyObject) -> UInt {
  UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque())
}

private func block(at base: UInt) -> HeapBlock {
  // glibc keeps the size of a block, three flags in it, in the word before the block.
  HeapBlock(base: base, size: ((ProcessMemory.word(at: base - 8) ?? 0) & ~7) - 8)
}

private func block(_ object: AnyObject) -> HeapBlock { block(at: address(object)) }

/// The block of a Foundation lock's `pthread_mutex_t`, which is its first property.
private func mutexBlock(_ lock: NSLock) throws -> HeapBlock {
  block(at: try #require(ProcessMemory.word(at: address(lock) + 16)))
}

private func word(of object: AnyObject, path: String) throws -> HeapBlock {
  let property = try #require(
    (2..<24).lazy.compactMap { StoredProperty.at($0 * 8, in: type(of: object)) }
      .first { $0.path == path })
  return block(at: try #require(ProcessMemory.word(at: address(object) + UInt(property.offset))))
}

struct `An object's name` {
  private func names(
    _ places: [NamedPlace], among blocks: [HeapBlock] = []
  ) -> [String] {
    ObjectNames(liveBlocks: blocks).names(of: places).map(\.text)
  }

  private func frame(_ line: Int, _ column: Int) -> SourceFrame {
    SourceFrame(
      location: .init(file: #filePath, line: line, column: column), function: nil, isUserCode: true)
  }

  @Test func `is that of a class's stored property`() {
    let counter = Counter()
    let places = (2..<17).map {
      NamedPlace(address: address(counter) + UInt($0) * 8, block: block(counter))
    }
    #expect(
      names(places) == [
        "Counter.baseValue", "Counter.total", "Counter.lock", "Counter.inner.first",
        "Counter.inner.second", "Counter.items", "Counter.names", "Counter.locks",
        "Counter.mutex", "Counter.mutex", "Counter.atomic",
      ] + names(Array(places.dropFirst(11))))
    #expect(
      names([NamedPlace(address: address(counter) + 28, block: block(counter))])
        == ["Counter.isOpen"])
    withExtendedLifetime(counter) {}
  }

  @Test func `comes with the property's type`() {
    let counter = Counter()
    let name = ObjectNames(liveBlocks: []).names(of: [
      NamedPlace(address: address(counter) + 24, block: block(counter))
    ])
    #expect(name.first?.type == Int32.self)
    #expect(ValueText.text(raw: 0xFFFF_FFFF_0000_0001, size: 4, type: name.first?.type) == "1")
    withExtendedLifetime(counter) {}
  }

  @Test func `is still known after the object was freed`() {
    // The block is kept as a controlled thread's `free` keeps it: a copy of its bytes.
    let counter = Counter()
    let size = Int(block(counter).size)
    let copy = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    copy.copyMemory(
      from: UnsafeRawPointer(bitPattern: address(counter)) ?? .init(copy), byteCount: size)
    defer { copy.deallocate() }
    withExtendedLifetime(counter) {}
    let base = UInt(bitPattern: copy)
    let place = NamedPlace(address: base + 24, block: HeapBlock(base: base, size: UInt(size)))
    #expect(names([place]) == ["Counter.total"])
  }

  @Test func `of a Foundation lock is that of the property that refers to it`() throws {
    let counter = Counter()
    let mutex = try mutexBlock(counter.lock)
    let place = NamedPlace(address: mutex.base, block: mutex, isLock: true)
    #expect(names([place], among: [block(counter.lock), block(counter)]) == ["Counter.lock"])
    let inside = NamedPlace(address: address(counter.lock) + 16, block: block(counter.lock))
    #expect(names([inside], among: [block(counter)]) == ["Counter.lock"])

    let storage = try word(of: counter, path: "locks")
    let second = try mutexBlock(counter.locks[1])
    let blocks = [block(counter.locks[1]), storage, block(counter)]
    let element = NamedPlace(address: second.base, block: second, isLock: true)
    #expect(names([element], among: blocks) == ["Counter.locks[1]"])
    withExtendedLifetime(counter) {}
  }

  @Test func `of a Foundation lock in a global is the global's`() throws {
    let mutex = try mutexBlock(globalLock)
    let place = NamedPlace(address: mutex.base, block: mutex, isLock: true)
    #expect(names([place], among: [block(globalLock)]) == ["globalLock"])
  }

  @Test func `of a local lock is what the source has`() throws {
    let local = NSLock(); let line = #line
    local.lock()
    local.unlock()
    let mutex = try mutexBlock(local)
    let bare = NamedPlace(address: mutex.base, block: mutex, isLock: true)
    let place = NamedPlace(
      address: mutex.base, block: mutex, accesses: [frame(line + 1, 11)], isLock: true)
    #expect(names([place], among: [block(local)]) == ["local"])
    #expect(names([bare], among: [block(local)]) == ["NSLock"])
    withExtendedLifetime(local) {}
  }

  @Test func `of an element is that of its collection`() throws {
    let counter = Counter()
    let items = try word(of: counter, path: "items")
    let names = try word(of: counter, path: "names")
    let places = [
      NamedPlace(address: items.base + 32, block: items),
      NamedPlace(address: items.base + 48, block: items),
      NamedPlace(address: items.base + 16, block: items),
      NamedPlace(address: names.base + 64, block: names),
    ]
    #expect(
      self.names(places, among: [block(counter)]) == [
        "Counter.items[0]", "Counter.items[2]", "Counter.items.count",
        "elements of Counter.names",
      ])
    withExtendedLifetime(counter) {}
  }

  @Test func `of a captured local is what the source has`() throws {
    var local = 0
    let increment = { () -> UInt in
      local += 1
      return withUnsafePointer(to: &local) { UInt(bitPattern: $0) }
    }
    let line = #line - 3
    let place = increment()
    let box = block(at: place - 16)
    let named = NamedPlace(address: place, block: box, accesses: [frame(line, 13)])
    #expect(names([named]) == ["local"])
    #expect(
      names([NamedPlace(address: place, block: box, accesses: [frame(line, 1)])])
        == ["memory at ObjectNamesTests.swift:\(line)"])
    withExtendedLifetime(increment) {}
  }

  @Test func `of a global is its symbol`() {
    let total = withUnsafePointer(to: &globalTotal) { UInt(bitPattern: $0) }
    let shared = withUnsafePointer(to: &Shared.count) { UInt(bitPattern: $0) }
    #expect(
      names([NamedPlace(address: total), NamedPlace(address: shared)])
        == ["globalTotal", "Shared.count"])
  }

  @Test func `has a number where two objects share it`() {
    let counters = [Counter(), Counter()]
    let places = counters.flatMap { counter in
      [24, 40].map { NamedPlace(address: address(counter) + $0, block: block(counter)) }
    }
    #expect(
      names([places[0], places[3], places[2]])
        == ["Counter.total #1", "Counter.inner.first", "Counter.total #2"])
    #expect(names([places[0], places[0]]) == ["Counter.total", "Counter.total"])
    withExtendedLifetime(counters) {}
  }

  @Test func `of junk is where it was met, and nothing crashes`() {
    var generator = SystemRandomNumberGenerator()
    let junk = UnsafeMutableBufferPointer<UInt>.allocate(capacity: 64)
    defer { junk.deallocate() }
    let base = UInt(bitPattern: junk.baseAddress)
    let metadata = address(Counter())  // freed at once
    let code = unsafeBitCast(Counter.self as Any.Type, to: UInt.self)
    for round in 0..<200 {
      for index in junk.indices { junk[index] = generator.next() >> UInt(round % 64) }
      junk[0] = [junk[0], metadata, code + 8, code - 16, base, base + 8, 8][round % 7]
      let block = HeapBlock(base: base, size: 512)
      let place = NamedPlace(address: base + 24, block: block, accesses: [frame(1, 1)])
      #expect(names([place], among: [block]).count == 1)
    }
    junk[0] = 0
    let place = NamedPlace(address: base, block: HeapBlock(base: base, size: 512), isLock: true)
    #expect(names([place]) == ["lock at 0x\(String(base, radix: 16))"])
  }
}
