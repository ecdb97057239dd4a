import Foundation

/// The folder in which the tests write down what they found, one file an explored test.
///
/// `LOCKSTEP_RESULTS` names it to the test process. A file ends in `.json` and holds one unit. The
/// object file that `StartMark` adds to the tests leaves a file `started.<process>`.
struct ResultsFolder {
  static let environmentVariable = "LOCKSTEP_RESULTS"
  /// How names begin of the files that say that the tests were built and began.
  static let startMark = "started."

  /// What the tests left behind.
  struct Contents: Equatable {
    struct Unreadable: Equatable {
      var file: String
      var reason: String
    }

    var units: [UnitResult] = []
    /// The units as they were written, in the same order.
    var texts: [String] = []
    var unreadable: [Unreadable] = []
    /// True when a test process began: what failed then was not the build.
    var testsStarted = false

    /// Adds what was not written by the tests themselves.
    mutating func add(_ results: [(unit: UnitResult, text: String)]) {
      units += results.map(\.unit)
      texts += results.map(\.text)
    }

    /// All units as one JSON array, whatever fields they have.
    var json: String {
      texts.isEmpty ? "[]" : "[\n" + texts.joined(separator: ",\n") + "\n]"
    }
  }

  let path: String

  /// An empty folder: 'results' in the scratch path, or the one that the environment names.
  ///
  /// Its name is the same in each run: SwiftPM runs commands again whose environment has changed.
  ///
  /// - Throws: `CommandError` when it cannot be made.
  static func make(
    in scratch: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> ResultsFolder {
    let given = environment[environmentVariable].map { URL(fileURLWithPath: $0).path }
    let folder = ResultsFolder(path: given ?? "\(scratch)/results")
    do {
      try FileManager.default.createDirectory(
        atPath: folder.path, withIntermediateDirectories: true)
      try folder.removeFilesOfEarlierRuns()
    } catch {
      throw CommandError.cannotWrite(path: folder.path, reason: error.localizedDescription)
    }
    return folder
  }

  private func removeFilesOfEarlierRuns() throws {
    for file in try FileManager.default.contentsOfDirectory(atPath: path)
    where file.hasPrefix(Self.startMark) || Self.isResult(file) {
      try FileManager.default.removeItem(atPath: "\(path)/\(file)")
    }
  }

  /// Reads all that is there, by the units' names; what cannot be read is listed, not left out.
  func read() throws -> Contents {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw CommandError.cannotWrite(path: path, reason: error.localizedDescription)
    }
    var contents = Contents()
    contents.testsStarted = files.contains { $0.hasPrefix(Self.startMark) }
    var found: [(unit: UnitResult, text: String)] = []
    for file in files.sorted() where Self.isResult(file) {
      guard file.hasSuffix(".json") else {
        contents.unreadable.append(.init(file: file, reason: "its writer did not finish"))
        continue
      }
      do {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)"))
        let unit = try JSONDecoder().decode(UnitResult.self, from: data)
        let text = String(decoding: data, as: UTF8.self)
        found.append((unit, text.trimmingCharacters(in: .whitespacesAndNewlines)))
      } catch {
        contents.unreadable.append(.init(file: file, reason: Self.reason(of: error)))
      }
    }
    found.sort { $0.unit.unit < $1.unit.unit }
    contents.units = found.map(\.unit)
    contents.texts = found.map(\.text)
    return contents
  }

  /// True for a result, and for one whose writer did not finish.
  ///
  /// Results are written under another name first and then renamed; a test that ends meanwhile
  /// leaves that name. Foundation's atomic writing begins it with '.dat.nosync'.
  private static func isResult(_ file: String) -> Bool {
    file.contains(".json") || file.hasPrefix(".dat.nosync")
  }

  private static func reason(of error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "'\(context.codingPath.last?.stringValue ?? "unit")' is of another type"
    case DecodingError.dataCorrupted(let context):
      context.codingPath.last.map { "'\($0.stringValue)' has an unknown value" }
        ?? "it is not JSON, or only half of it"
    default: error.localizedDescription
    }
  }
}
