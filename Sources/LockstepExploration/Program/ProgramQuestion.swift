internal import CLockstepRuntime
internal import LockstepReport

/// What an execution's own process is asked when it is over: to describe a finding that it shows.
struct ProgramQuestion: Codable {
  var candidate: Candidate
  /// Of the unit.
  var name: String
}

/// Called by the runtime in the process of an execution, which ends after it.
@_cdecl("lks_describeProgram")
public func describeProgram(_ exploration: OpaquePointer, _ ending: UInt32) {
  var count = 0
  let bytes = lks_question(&count)
  let text = UnsafeRawBufferPointer(start: bytes, count: count)
  guard let question = try? JSONValue(parsing: text).decoded(as: ProgramQuestion.self) else {
    return
  }
  LastWords.installDescribers()
  var configuration = Configuration()
  configuration.name = question.name
  let body = ProgramBody(expectedStatus: 0, isTest: false)
  let describer = FindingDescriber(
    configuration: configuration,
    native: NativeExploration(inspecting: exploration, of: body), body: body)
  let finding = describer.describe(question.candidate, endedBy: LKSEnding(ending))
  guard var json = try? JSONValue(encoding: finding).compactText else { return }
  json.withUTF8 { lks_answer($0.baseAddress, $0.count) }
}
