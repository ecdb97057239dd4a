import CLockstepRuntime
import LockstepEngine
import Testing

@testable import LockstepExploration

@Suite struct `An event as the runtime writes it down` {
  @Test func `is laid out as the engine reads it`() throws {
    typealias Record = Event.Record
    #expect(MemoryLayout<LKSEvent>.size == MemoryLayout<Record>.size)
    #expect(MemoryLayout<LKSEvent>.stride == MemoryLayout<Record>.stride)
    let places: [(PartialKeyPath<LKSEvent>, PartialKeyPath<Record>)] = [
      (\.object, \.object), (\.other, \.other), (\.value, \.value),
      (\.programCounter, \.programCounter), (\.enabled, \.enabled), (\.sleeping, \.sleeping),
      (\.size, \.size), (\.thread, \.thread), (\.kind, \.kind), (\.order, \.order),
      (\.flags, \.flags), (\.preferred, \.preferred), (\.otherSize, \.otherSize),
      (\.caller, \.caller), (\.stack, \.stack),
    ]
    for (native, record) in places {
      let offset = try #require(MemoryLayout<LKSEvent>.offset(of: native))
      #expect(offset == MemoryLayout<Record>.offset(of: record))
    }
  }

  @Test func `has every kind and order of the engine`() {
    for kind in Event.Kind.allCases {
      var event = LKSEvent()
      event.kind = kind.rawValue
      #expect(Event(event).kind == kind)
    }
    for order in 0...6 {
      var event = LKSEvent()
      event.order = UInt8(order)
      #expect(Event(event).order.rawValue == UInt8(order))
    }
  }
}
