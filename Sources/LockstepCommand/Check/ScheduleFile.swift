import Foundation

/// A schedule as a file: small, readable, and safe to share, since it holds no path and no memory.
struct ScheduleFile: Equatable {
  static let version = 1
  private static let title = "lockstep schedule"

  /// Name of the program's file, and its arguments.
  var program: String
  var arguments: [String]
  /// Name of the unit that the token belongs to.
  var unit: String
  var finding: String
  var summary: String
  var token: String
  /// What else a replay must be told: executions are others without it.
  var exitStatus: Int32 = 0
  var spuriousWakeups = false

  var text: String {
    let status = exitStatus == 0 ? "" : "exit status: \(exitStatus)\n"
    let wakeups = spuriousWakeups ? "spurious wakeups: yes\n" : ""
    let arguments = arguments.map { "argument: \(Self.escaped($0))\n" }.joined()
    return """
      \(Self.title) \(Self.version)
      program: \(Self.escaped(program))
      \(arguments)unit: \(Self.escaped(unit))
      finding: \(Self.escaped(finding))
      summary: \(Self.escaped(summary))
      \(status)\(wakeups)schedule: \(token)

      """
  }

  init(
    program: String, arguments: [String], unit: String, finding: String, summary: String,
    token: String
  ) {
    self.program = program
    self.arguments = arguments
    self.unit = unit
    self.finding = finding
    self.summary = summary
    self.token = token
  }

  /// - Throws: `CommandError` when the text is none, cut short, or of a version that is not known.
  init(text: String, path: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map {
      $0.hasSuffix("\r") ? String($0.dropLast()) : String($0)
    }
    guard let first = lines.first, first.hasPrefix(Self.title + " ") else {
      throw CommandError.noSchedule(path: path)
    }
    guard first == "\(Self.title) \(Self.version)" else {
      throw CommandError.otherScheduleVersion(path: path)
    }
    var fields: [String: String] = [:]
    var arguments: [String] = []
    for line in lines.dropFirst() {
      guard let colon = line.firstRange(of: ": ") else { throw CommandError.noSchedule(path: path) }
      let (key, value) = (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
      if key == "argument" { arguments.append(Self.unescaped(value)) } else { fields[key] = value }
    }
    guard let program = fields["program"], let unit = fields["unit"], let token = fields["schedule"]
    else { throw CommandError.noSchedule(path: path) }
    self.init(
      program: Self.unescaped(program), arguments: arguments, unit: Self.unescaped(unit),
      finding: Self.unescaped(fields["finding"] ?? ""),
      summary: Self.unescaped(fields["summary"] ?? ""), token: token)
    exitStatus = fields["exit status"].flatMap { Int32($0) } ?? 0
    spuriousWakeups = fields["spurious wakeups"] == "yes"
  }

  /// Largest file that is read: a schedule of a million deviations has 8 MB.
  private static let maximumSize = 16 << 20

  /// - Throws: `CommandError` when the file cannot be read, or is no schedule.
  init(contentsOf path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw CommandError.unreadableSchedule(path: path, reason: String(cString: strerror(errno)))
    }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: Self.maximumSize + 1),
      data.count <= Self.maximumSize, let text = String(data: data, encoding: .utf8)
    else { throw CommandError.noSchedule(path: path) }
    try self.init(text: text, path: path)
  }

  /// Looks for its program in the current folder, beside the file, and in the folder above it.
  ///
  /// - Parameter path: the file's.
  /// - Returns: the program's path, in the current folder where it is nowhere.
  func programPath(besideFile path: String) -> String {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let places = [
      "./" + program, folder.appendingPathComponent(program).path,
      folder.deletingLastPathComponent().appendingPathComponent(program).path,
    ]
    return places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? places[0]
  }

  /// Whole, or not at all.
  ///
  /// - Throws: `CommandError` when it cannot be written.
  func write(to path: String) throws {
    do {
      let url = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw CommandError.unwritableSchedule(path: path, reason: error.localizedDescription)
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\n", with: "\\n")
      .replacingOccurrences(of: "\r", with: "\\r")
  }

  private static func unescaped(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "\\", let next = rest.popFirst() else {
        result.append(character)
        continue
      }
      result.append(next == "n" ? "\n" : next == "r" ? "\r" : next)
    }
    return result
  }
}
