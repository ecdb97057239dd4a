import Testing

@testable import LockstepReport

struct `A short name` {
  @Test(arguments: [
    ("main.Counter.inc(Swift.Int32) -> ()", "Counter.inc(_:)"),
    ("main.race() -> Swift.Int", "race()"),
    ("main.Bank.transfer(from: Swift.Int, to: Swift.Int) throws -> ()", "Bank.transfer(from:to:)"),
    ("main.Bank.each(_: (Swift.Int, Swift.Int) -> (), by: Swift.Int) -> ()", "Bank.each(_:by:)"),
    ("closure #1 @Sendable () -> () in main.race() -> Swift.Int", "closure #1 in race()"),
    (
      "closure #2 () -> () in closure #1 (A) throws -> B in main.f<A, B>(x: A) async -> B",
      "closure #2 in closure #1 in f(x:)"
    ),
    ("main.total : Swift.Int", "total"),
    ("static main.Foo.shared : main.Foo", "Foo.shared"),
    ("main.Base.value.modify : Swift.Int with unmangled suffix \".resume.0\"", "Base.value.modify"),
    ("main.(total in _0123ABCD) : Swift.Int", "total"),
    ("main.(bump in _0123ABCD)(by: Swift.Int) -> ()", "bump(by:)"),
    (
      "(extension in Foundation):Foundation.NSLocking.withLock<A>(() throws -> A1) throws -> A1",
      "NSLocking.withLock(_:)"
    ),
    ("inc #1 (i: Swift.Int) -> () in main.race() -> ()", "inc(i:) in race()"),
    ("specialized main.Counter.inc(Swift.Int32) -> ()", "Counter.inc(_:)"),
    (
      "generic specialization <Swift.Int> of Swift.Array.append(__owned A) -> ()",
      "Array.append(_:)"
    ),
    (
      "partial apply forwarder for closure #1 () -> () in main.race() -> ()", "closure #1 in race()"
    ),
    ("(2) suspend resume partial function for main.go() async -> ()", "go()"),
    (
      "main.`transfers keep the sum, always.`() throws -> ()", "`transfers keep the sum, always.`()"
    ),
    ("main.Vec.+ infix(main.Vec, main.Vec) -> main.Vec", "Vec.+(_:_:)"),
    ("main.Box<A>.value.getter : A", "Box.value.getter"),
    ("main.Base.__allocating_init() -> main.Base", "Base.__allocating_init()"),
    ("type metadata for Swift.Int64", "type metadata for Int64"),
    (
      "lazy cache variable for type metadata for main.A",
      "lazy cache variable for type metadata for A"
    ),
    (
      "outlined read-only object #0 of main.A.init() -> main.A",
      "outlined read-only object #0 of A.init()"
    ),
    ("pthread_mutex_lock", "pthread_mutex_lock"),
  ]) func `leaves out module, types and thunks`(full: String, short: String) {
    #expect(ShortName.shorten(full) == short)
  }

  @Test func `comes from a mangled one`() {
    #expect(Demangling.shortName("$s4main7CounterC3incyys5Int32VF") == "Counter.inc(_:)")
    #expect(Demangling.shortName("main") == "main")
  }

  @Test(arguments: [
    ("sum.0", "sum"), ("main.count", "count"), ("main.count.1", "count"), ("run.cold.1", "run"),
    ("run.llvm.1234567890", "run"),
  ])
  func `of C is without what LLVM adds to it`(symbol: String, short: String) {
    #expect(Demangling.shortName(symbol) == short)
  }
}
