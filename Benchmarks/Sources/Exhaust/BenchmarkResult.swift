/// All that was measured of one program.
struct BenchmarkResult {
  var program: BenchmarkProgram
  var exploration: Corpus.Measurement
  var floor: Corpus.Measurement
  var memory: MemoryMeasurement?
  var peers: [(peer: Peer, result: Peer.Result)]

  var executionsPerSecond: Double { Double(exploration.executions) / exploration.seconds }
  var ratio: Double { exploration.seconds / floor.seconds }
}

extension BenchmarkResult: Encodable {
  private enum Key: String, CodingKey {
    case program, executions, steps, seconds, executionsPerSecond, command
    case floorSeconds, floorSteps, floorCommand, ratio
    case peakResidentKiB, residentSamples, residentFirstQuarterKiB, residentLastQuarterKiB
    case peers, peer, status
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(program.title, forKey: .program)
    try container.encode(exploration.executions, forKey: .executions)
    try container.encode(exploration.steps, forKey: .steps)
    try container.encode(exploration.seconds, forKey: .seconds)
    try container.encode(executionsPerSecond, forKey: .executionsPerSecond)
    try container.encode(exploration.command, forKey: .command)
    try container.encode(floor.seconds, forKey: .floorSeconds)
    try container.encode(floor.steps, forKey: .floorSteps)
    try container.encode(floor.command, forKey: .floorCommand)
    try container.encode(ratio, forKey: .ratio)
    if let memory {
      try container.encode(memory.peakKiB, forKey: .peakResidentKiB)
      try container.encode(memory.samples, forKey: .residentSamples)
      try container.encodeIfPresent(memory.firstQuarterKiB, forKey: .residentFirstQuarterKiB)
      try container.encodeIfPresent(memory.lastQuarterKiB, forKey: .residentLastQuarterKiB)
    }
    var list = container.nestedUnkeyedContainer(forKey: .peers)
    for (peer, result) in peers {
      var entry = list.nestedContainer(keyedBy: Key.self)
      try entry.encode(peer.name, forKey: .peer)
      switch result {
      case .notInstalled: try entry.encode("not installed", forKey: .status)
      case .failed(let command, let code):
        try entry.encode("exited with \(code)", forKey: .status)
        try entry.encode(command, forKey: .command)
      case .measured(let command, let seconds, let executions):
        try entry.encode("measured", forKey: .status)
        try entry.encode(command, forKey: .command)
        try entry.encode(seconds, forKey: .seconds)
        try entry.encodeIfPresent(executions, forKey: .executions)
      }
    }
  }
}
