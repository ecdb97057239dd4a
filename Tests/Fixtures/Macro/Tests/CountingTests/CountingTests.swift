import Counting
import Testing

@Test func racy() {
  let counter = Counter()
  twice { counter.increment() }
  #expect(counter.total == 2)
}
