import AsyncAlgorithms
import Lockstep
import Testing

@Suite struct `swift-async-algorithms` {
  @Test(.everySchedule) func `a channel hands over every element, and ends`() async {
    let channel = AsyncChannel<Int>()
    async let sent: Void = {
      await channel.send(1)
      await channel.send(2)
      channel.finish()
    }()
    var received: [Int] = []
    for await element in channel { received.append(element) }
    await sent
    #expect(received == [1, 2])
  }

  @Test(.everySchedule) func `a channel of two senders loses nothing`() async {
    let channel = AsyncChannel<Int>()
    async let first: Void = channel.send(1)
    async let second: Void = channel.send(2)
    var iterator = channel.makeAsyncIterator()
    let received = await [iterator.next(), iterator.next()]
    _ = await (first, second)
    #expect(Set(received) == [1, 2])
  }

  @Test(.everySchedule) func `a merge gives what both give`() async {
    let merged = merge([1].async, [2].async)
    var received: [Int] = []
    for await element in merged { received.append(element) }
    #expect(received.sorted() == [1, 2])
  }

  @Test(.everySchedule) func `a debounced stream gives its last element`() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
    continuation.yield(1)
    continuation.finish()
    var received: [Int] = []
    for await element in stream.debounce(for: .seconds(60)) { received.append(element) }
    #expect(received == [1])
  }
}
