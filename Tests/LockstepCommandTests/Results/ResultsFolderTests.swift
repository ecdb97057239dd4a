import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `The folder of results` {
  /// An empty scratch path.
  private struct Scratch: ~Copyable {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-results-\(UUID().uuidString)").path

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func folder() throws -> ResultsFolder {
      try ResultsFolder.make(in: path, environment: [:])
    }
  }

  private func write(_ text: String, as file: String, in folder: ResultsFolder) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(file)"))
  }

  private let passing = #"{"unit": "b", "verdict": "pass", "incompleteBecause": [], "extra": 1}"#
  private let failing = """
    {"unit": "a", "verdict": "fail", "findings": [{"kind": "deadlock", "summary": "s"}]}

    """

  @Test func `an empty folder holds nothing`() throws {
    let scratch = Scratch()
    let contents = try scratch.folder().read()
    #expect(contents == ResultsFolder.Contents())
    #expect(contents.json == "[]")
  }

  @Test func `units come by name, with all their fields`() throws {
    let scratch = Scratch()
    let folder = try scratch.folder()
    try write(passing, as: "1.json", in: folder)
    try write(failing, as: "2.json", in: folder)
    try write("", as: "started.17", in: folder)
    let contents = try folder.read()
    #expect(contents.units.map(\.unit) == ["a", "b"])
    #expect(contents.units.map(\.failed) == [true, false])
    #expect(contents.testsStarted)
    #expect(contents.unreadable.isEmpty)
    let json = try JSONSerialization.jsonObject(with: Data(contents.json.utf8))
    let units = try #require(json as? [[String: Any]])
    #expect(units.count == 2)
    #expect(units.last?["extra"] as? Int == 1)
  }

  @Test(arguments: [
    (#"{"unit": "a", "verdict": "pa"#, "it is not JSON, or only half of it"),
    ("", "it is not JSON, or only half of it"),
    (#"{"verdict": "pass"}"#, "'unit' is missing"),
    (#"{"unit": "a", "verdict": "perhaps"}"#, "'verdict' has an unknown value"),
    (#"{"unit": 7, "verdict": "pass"}"#, "'unit' is of another type"),
  ])
  func `what cannot be read is listed, and the rest is read`(text: String, reason: String) throws {
    let scratch = Scratch()
    let folder = try scratch.folder()
    try write(text, as: "bad.json", in: folder)
    try write(passing, as: "good.json", in: folder)
    let contents = try folder.read()
    #expect(contents.units.map(\.unit) == ["b"])
    #expect(contents.unreadable == [.init(file: "bad.json", reason: reason)])
  }

  @Test func `every beginning of a result is unreadable`() throws {
    let scratch = Scratch()
    let folder = try scratch.folder()
    for length in 0..<passing.count {
      try write(String(passing.prefix(length)), as: "half.json", in: folder)
      let contents = try folder.read()
      #expect(contents.units.isEmpty)
      #expect(contents.unreadable.count == 1)
    }
  }

  @Test(arguments: ["1.json.17", ".dat.nosync0011.AbCd"])
  func `a writer that did not finish is listed`(file: String) throws {
    let scratch = Scratch()
    let folder = try scratch.folder()
    try write(passing, as: file, in: folder)
    #expect(
      try folder.read().unreadable == [.init(file: file, reason: "its writer did not finish")])
  }

  @Test func `results of earlier runs are removed, other files are not`() throws {
    let scratch = Scratch()
    let folder = try scratch.folder()
    try write(passing, as: "1.json", in: folder)
    try write(passing, as: "2.json.17", in: folder)
    try write("", as: "started.17", in: folder)
    try write("", as: "notes.txt", in: folder)
    let again = try ResultsFolder.make(
      in: "/nowhere", environment: [ResultsFolder.environmentVariable: folder.path])
    #expect(again.path == folder.path)
    #expect(try again.read() == ResultsFolder.Contents())
    #expect(FileManager.default.fileExists(atPath: folder.path + "/notes.txt"))
  }
}
