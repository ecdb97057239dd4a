internal import LockstepExploration
internal import Testing

/// The trait that tests are given.
private struct ArrangedTrait: TestTrait, SuiteTrait, TestScoping {
  /// Whether the test explores itself.
  var exploresItself = false

  var isRecursive: Bool { true }

  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    if exploresItself { ProgramServer.sayExploredByItself() }
    guard ArrangedTests.isTurn() else { return }
    withoutActuallyEscaping(function) { function in
      let body = TestBody { handling in
        try await handling.provideScope(for: test, testCase: testCase, performing: function)
      }
      body.prepare()
      ArrangedTests.explore({ body.run() }, judge: { body.collect(counting: false) })
    }
  }
}

/// What Swift Testing keeps of a test that it has not made yet.
private struct StoredTest {
  var make: @Sendable () async -> Test
}

/// Called by the runtime for each test that the runner learns of.
@_cdecl("lks_arrangeTest")
public func arrangeTest(_ stored: UnsafeMutableRawPointer) {
  let stored = stored.assumingMemoryBound(to: StoredTest.self)
  let make = stored.pointee.make
  stored.pointee.make = {
    var test = await make()
    let exploresItself = test.traits.contains { $0 is EveryScheduleTrait }
    test.traits.removeAll { $0 is EveryScheduleTrait }
    if exploresItself || !test.isSuite {
      test.traits.append(ArrangedTrait(exploresItself: exploresItself))
    }
    return test
  }
}
