internal import CLockstepRuntime

/// Tests that are explored as whole programs, whether they have heard of Lockstep or not: their runner
/// comes to the one that is to be explored, and from there on each execution is a process of its own.
package enum ArrangedTests {
  /// Cases that the runner has come to.
  private nonisolated(unsafe) static var count = 0
  /// The test, for the process of an execution to say what came of it.
  private nonisolated(unsafe) static var judge: (() -> BodyResult)?

  /// Whether the case that the runner has come to is the one that is to be explored.
  ///
  /// The runner comes to one after the other: it was asked to.
  package static func isTurn() -> Bool {
    defer { count += 1 }
    return count == Int(lks_testCase())
  }

  /// Explores a body; followed by the end of the process.
  ///
  /// - Parameters:
  ///   - run: is called in each execution, and is the body.
  ///   - judge: is called in it when all of its threads have ended.
  package static func explore(
    _ run: @escaping () -> Void, judge: @escaping () -> BodyResult
  ) -> Never {
    self.judge = judge
    let body = Unmanaged.passRetained(Closure(run)).toOpaque()
    lks_exploreTest(
      { argument in
        guard let argument else { return }
        Unmanaged<Closure>.fromOpaque(argument).takeUnretainedValue().run()
      }, body, { ArrangedTests.status() })
  }

  private final class Closure {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// What failed is written where the program writes, to be kept with its output.
  private static func status() -> Int32 {
    guard let result = judge?() else { return -1 }
    if let text = result.thrownError ?? result.failedExpectation {
      LastWords.say(text + "\n")
      return 1
    }
    return result.isUnfinished ? -1 : 0
  }
}

// MARK: XCTest

/// Of XCTest's entries, as much as their layout: this library does without XCTest's own.
private typealias OldTests = [(
  testCaseClass: AnyClass, allTests: [(String, (AnyObject) throws -> Void)]
)]

/// What became of the test in the process of an execution.
private final class OldTestRun: @unchecked Sendable {
  var error: String?
  var isFinished = false
}

private nonisolated(unsafe) var arrangedOldTests: OldTests = []

/// Called by the runtime with the array that XCTest's main function is given.
@_cdecl("lks_arrangeOldTests")
public func arrangeOldTests(_ tests: UnsafeRawPointer) -> UnsafeRawPointer {
  _ = Unmanaged<AnyObject>.fromOpaque(tests).retain()
  let tests = unsafeBitCast(tests, to: OldTests.self)
  arrangedOldTests = tests.map { entry in
    (entry.testCaseClass, entry.allTests.map { ($0.0, arranged($0.1)) })
  }
  return unsafeBitCast(arrangedOldTests, to: UnsafeRawPointer.self)
}

private func arranged(
  _ test: @escaping (AnyObject) throws -> Void
) -> (AnyObject) throws -> Void {
  { testCase in
    guard ArrangedTests.isTurn() else { return }
    let run = OldTestRun()
    ArrangedTests.explore {
      do {
        try test(testCase)
      } catch {
        run.error = "\(error)"
      }
      run.isFinished = true
    } judge: {
      let failures = lks_failuresOfOldTest(Unmanaged.passUnretained(testCase).toOpaque())
      // What failed, XCTest has printed.
      return BodyResult(
        thrownError: run.error,
        failedExpectation: failures == 0 ? nil : failures > 0 ? "" : "XCTest's count is not found",
        isUnfinished: !run.isFinished)
    }
  }
}

// MARK: Asynchronous tests of XCTest's

/// An asynchronous test, which is called in a task and waited for.
private final class AsyncTestRun: @unchecked Sendable {
  private let body: () async throws -> Void
  /// Not a property, whose formal accesses would be steps of the test.
  private let error = UnsafeMutablePointer<(any Error)?>.allocate(capacity: 1)

  init(_ body: @escaping () async throws -> Void) {
    self.body = body
    error.initialize(to: nil)
  }

  deinit {
    error.deinitialize(count: 1)
    error.deallocate()
  }

  private var place: UnsafeRawPointer {
    UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
  }

  func run() throws {
    Task { [self] in
      do {
        try await body()
      } catch {
        self.error.pointee = error
      }
      lks_endOldTest(place)
    }
    lks_awaitOldTest(place)
    if let error = error.pointee { throw error }
  }
}

/// Called by the runtime in place of XCTest's `asyncTest`, whose parameters and result it has.
///
/// A type that is a class, as this is, and one that is a given class's are passed alike.
@_silgen_name("lks_arrangeAsyncTest")
public func arrangeAsyncTest<Case: AnyObject>(
  _ test: @escaping (Case) -> () async throws -> Void
) -> (Case) -> () throws -> Void {
  { testCase in
    let run = AsyncTestRun(test(testCase))
    return { try run.run() }
  }
}
