import Store
import Testing

@Suite struct New {
  @Test func racy() {
    let counter = Counter()
    twice { counter.increment() }
    #expect(counter.total == 2)
  }

  @Test func `locked and right`() {
    let counter = Counter()
    twice { counter.incrementLocked() }
    #expect(counter.total == 2)
  }

  @Test func racyInC() {
    twice { countInC() }
    #expect(countedInC() == 2)
  }

  @Test(arguments: [1, 2]) func sequential(number: Int) { #expect(number > 0) }

  @Test(.disabled()) func disabled() { twice {} }
}

@Test func crashing() {
  let counter = Counter()
  twice { counter.increment() }
  precondition(counter.total == 2)
}

@Test func group() async {
  let counter = Counter()
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<2 { group.addTask { counter.incrementLocked() } }
  }
  #expect(counter.total == 2)
}
