/// Two producers on a stream that keeps the newest one only.
public func boundedStream() async -> String {
  let (stream, continuation) = AsyncStream.makeStream(
    of: String.self, bufferingPolicy: .bufferingNewest(1))
  async let first: Void = { _ = continuation.yield("a") }()
  async let second: Void = { _ = continuation.yield("b") }()
  _ = await (first, second)
  continuation.finish()
  var text = ""
  for await element in stream { text += element }
  return text
}

/// A consumer that takes while two producers give.
public func streamOfTwo() async -> String {
  let (stream, continuation) = AsyncStream.makeStream(of: String.self)
  let consumer = Task {
    var text = ""
    for await element in stream { text += element }
    return text
  }
  async let first: Void = { _ = continuation.yield("a") }()
  async let second: Void = { _ = continuation.yield("b") }()
  _ = await (first, second)
  continuation.finish()
  return await consumer.value
}
