internal import CLockstepRuntime
internal import Foundation

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
  let data = Data(bytes: bytes, count: count)
  guard let question = try? JSONDecoder().decode(ProgramQuestion.self, from: data) else { return }
  LastWords.installDescribers()
  var configuration = Configuration()
  configuration.name = question.name
  let body = ProgramBody(expectedStatus: 0, isTest: false)
  let describer = FindingDescriber(
    configuration: configuration,
    native: NativeExploration(inspecting: exploration, of: body), body: body)
  let finding = describer.describe(question.candidate, endedBy: LKSEnding(ending))
  guard let json = try? JSONEncoder().encode(finding) else { return }
  json.withUnsafeBytes { lks_answer($0.baseAddress, $0.count) }
}
