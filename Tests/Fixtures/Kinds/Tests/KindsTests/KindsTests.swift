import Kinds
import Testing

@Test func lockedCxx() {
  twice { countLockedInCxx() }
  #expect(countedInCxx() == 2)
}

@Test func racyCxx() {
  twice { countInCxx() }
  #expect(countedInCxx() == 2)
}

@Test func linkedKinds() {
  #expect(generated == 42)
  #expect(sevenOfBinary() == 7)
  #expect(!versionOfZ().isEmpty)
}
