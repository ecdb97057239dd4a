internal import CLockstepRuntime
internal import LockstepReport

/// Something that a program read and that nobody gave it: random numbers, an id, a file.
struct ProgramInput {
  /// The function by which it did, and the file, if it is one.
  var name: String
  /// Behind the call; nil where a library made it.
  var address: UInt?
  /// Whether it is made to be the same in each execution.
  var isFixed: Bool

  /// With the place in the source, where that is known.
  func described(by symbolizer: Symbolizer) -> String {
    let frames = address.map { symbolizer.frames(atReturnAddress: $0) } ?? []
    guard let place = frames.firstUserFrame?.location else { return name }
    return "\(name) at \(place.text)"
  }
}

extension NativeExploration {
  /// What the program read that may be another thing each time, or was made not to be.
  var inputs: [ProgramInput] {
    (0..<lks_inputCount(handle)).compactMap { index in
      guard let input = lks_inputAt(handle, index)?.pointee else { return nil }
      let name = withUnsafeBytes(of: input.name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      return ProgramInput(
        name: name, address: input.programCounter == 0 ? nil : UInt(input.programCounter),
        isFixed: input.isFixed)
    }
  }

  /// Where locks were taken that were still held when an execution was over.
  var leftLocks: [UInt] {
    (0...).lazy.map { UInt(lks_leftLock(self.handle, $0)) }.prefix { $0 != 0 }.map { $0 }
  }
}

extension Tally {
  /// What is to be said of locks that nobody wanted any more.
  var notesOnLeftLocks: [String] {
    let places = leftLocks.map { address in
      FindingDescriber.symbolizer.frames(atReturnAddress: address).firstUserFrame?.location?.text
        ?? "a place that is not known"
    }
    guard !places.isEmpty else { return [] }
    return ["a lock was still held when all was over: taken at \(places.joined(separator: ", "))"]
  }

  /// What is to be said of inputs.
  ///
  /// - Parameter differ: whether executions differ, as they may by such input.
  /// - Returns: the notes.
  func notesOnInputs(differ: Bool) -> [String] {
    func list(_ inputs: [ProgramInput]) -> String {
      inputs.map { $0.described(by: FindingDescriber.symbolizer) }.joined(separator: ", ")
    }
    let (fixed, others) = (inputs.filter(\.isFixed), inputs.filter { !$0.isFixed })
    var notes: [String] = []
    if !fixed.isEmpty {
      notes.append("random numbers are the same in each execution: \(list(fixed))")
    }
    if differ, !others.isEmpty {
      notes.append(
        "the program read what may differ from one execution to the next: \(list(others))")
    }
    return notes
  }
}
