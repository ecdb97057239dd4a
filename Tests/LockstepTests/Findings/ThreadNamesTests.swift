import LockstepEngine
import LockstepReport
import Testing

@testable import LockstepExploration

@Suite struct `Names of threads` {
  @Test(arguments: [
    ("increment(_:)", "increment"), ("closure #1 in race(threads:)", "race"),
    ("Counter.run()", "run"), ("main::$_0::operator()", "main::$_0::operator()"),
    ("Counter::increment", "Counter::increment"),
  ])
  func `are those of what they do first`(function: String, name: String) {
    let frame = SourceFrame(location: nil, function: function, isUserCode: true)
    let names = ThreadNames.names(
      events: [(ThreadID(1), true), (ThreadID(2), true)], frames: [frame, frame],
      own: ["", "", ""])
    #expect(names == ["main", "\(name) #1", "\(name) #2"])
  }
}
