import Foundation
import LockstepReport
import Testing

struct `A JSON value` {
  @Test func `escapes what JSON does not allow`() {
    #expect(JSONValue.string("a\"b\\\n\u{1}é").text() == #""a\"b\\\n\u0001é""#)
  }

  @Test func `writes whole numbers without a fraction`() {
    let numbers: [JSONValue] = [.number(82_000), .number(0.004), .number(.infinity)]
    #expect(JSONValue.array(numbers).text() == "[82000, 0.004, null]")
  }

  @Test func `breaks what is too wide`() {
    let value = JSONValue.object([
      .init("a", .array([.integer(1), .integer(2)])), .init("b", .null),
    ])
    #expect(value.text() == #"{"a": [1, 2], "b": null}"#)
    #expect(value.text(width: 20) == "{\n  \"a\": [1, 2],\n  \"b\": null\n}")
    #expect(value.text(width: 10) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": null\n}")
  }

  @Test func `keeps the order in which a value encodes itself`() throws {
    struct Nested: Codable, Equatable {
      var z = UInt64.max
      var a: [String?] = ["x", nil]
      var m: [[Int8]] = [[1], []]
      var n: Double?
      var b = true
    }
    let text = try JSONValue(encoding: Nested()).text()
    #expect(text == #"{"z": 18446744073709551615, "a": ["x", null], "m": [[1], []], "b": true}"#)
    #expect(try JSONDecoder().decode(Nested.self, from: Data(text.utf8)) == Nested())
  }
}
