/// What `lockstep test` says after the tests, in a few lines on standard error.
struct Summary {
  let contents: ResultsFolder.Contents
  let test: ChildProcess.Outcome
  let status: ExitStatus

  var text: String {
    var lines: [String] = []
    if test.interruption != nil { lines.append(Message.interrupted()) }
    if status == .toolError && !contents.testsStarted {
      return Message.buildFailed()
    }
    lines.append(contents.units.isEmpty ? Message.nothingExplored() : countLine)
    lines += contents.units.filter(\.failed).map(Message.failed)
    lines += contents.units.filter {
      !$0.failed && !$0.failedAsExpected && !$0.isSequential && !$0.incompleteBecause.isEmpty
    }
    .map(Message.incomplete)
    lines += contents.unreadable.map(Message.unreadable)
    return lines.joined(separator: "\n")
  }

  private var countLine: String {
    let failed = contents.units.count(where: \.failed)
    let passed = contents.units.count { !$0.failed && $0.verdict == .pass }
    let expected = contents.units.count(where: \.failedAsExpected)
    let sequential = contents.units.count(where: \.isSequential)
    return Message.explored(
      contents.units.count, passed: passed, failedAsExpected: expected, failed: failed,
      inconclusive: contents.units.count - passed - expected - failed - sequential,
      sequential: sequential)
  }
}
