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

  func testSequential() { XCTAssertEqual(Counter().total, 0) }
}
