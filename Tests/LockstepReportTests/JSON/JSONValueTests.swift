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

  private struct Everything: Codable, Equatable {
    enum Case: Codable, Equatable {
      case plain
      case with(name: String, Int)
    }

    var text = "é \"\\/\n\u{1} 🧵"
    var numbers: [Double] = [0.1, -3, 1e300]
    var wide = UInt64.max
    var narrow: Int8 = -128
    var nothing: Int?
    var cases: [Case?] = [.plain, nil, .with(name: "x", 2)]
    var counts = ["a": 1, "b": 2]
    var time = Duration.milliseconds(1500)
    var isTrue = true
  }

  @Test func `gives back what was encoded, by whomever`() throws {
    let value = Everything()
    let ours = try JSONValue(encoding: value).compactText
    #expect(try JSONValue(parsing: ours.utf8).decoded(as: Everything.self) == value)
    #expect(try JSONDecoder().decode(Everything.self, from: Data(ours.utf8)) == value)
    let theirs = try JSONEncoder().encode(value)
    #expect(try JSONValue(parsing: theirs).decoded(as: Everything.self) == value)
  }

  @Test func `is read with every escape`() throws {
    let text = #" [ "\ud83e\uddf5\u00e9\b\f\/" , -1.5e2 , {} , [ ] , null ] "#
    #expect(
      try JSONValue(parsing: text.utf8)
        == .array([.string("🧵é\u{8}\u{C}/"), .number(-150), .object([]), .array([]), .null]))
  }

  @Test(arguments: [
    "", "[1", "[1,]", "{\"a\" 1}", "{1: 2}", "\"a", #""\x""#, #""\ud83e""#, "1 2", "nul", "-",
  ])
  func `is not read from what is none`(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text.utf8) }
  }

  @Test func `of another type is an error that says so`() throws {
    let value = try JSONValue(parsing: #"{"narrow": 128}"#.utf8)
    #expect(throws: DecodingError.self) { try value.decoded(as: [String: Int8].self) }
    #expect(throws: DecodingError.self) { try value.decoded(as: Everything.self) }
    #expect(try value.decoded(as: [String: Int16].self) == ["narrow": 128])
  }
}
