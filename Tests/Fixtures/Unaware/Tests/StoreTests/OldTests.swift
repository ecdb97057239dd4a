import Store
import XCTest

final class OldTests: XCTestCase {
  func testRacy() {
    let counter = Counter()
    twice { counter.increment() }
    XCTAssertEqual(counter.total, 2)
  }

  func testLocked() {
    let counter = Counter()
    twice { counter.incrementLocked() }
    XCTAssertEqual(counter.total, 2)
  }

  func testTasks() async {
    let counter = Counter()
    async let first: Void = counter.incrementLocked()
    async let second: Void = counter.incrementLocked()
    _ = await (first, second)
    XCTAssertEqual(counter.total, 2)
  }

  func testRacyTasks() async {
    let counter = Counter()
    async let first: Void = counter.increment()
    async let second: Void = counter.increment()
    _ = await (first, second)
    XCTAssertEqual(counter.total, 2)
  }

  func testSequential() { XCTAssertEqual(Counter().total, 0) }
}
