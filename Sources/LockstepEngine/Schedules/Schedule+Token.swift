extension Schedule {
  /// Why a token is not, or not here, a schedule.
  package enum TokenError: Error, Equatable, Sendable {
    /// Its end is missing.
    case truncated
    /// It is no token, or not as it was written.
    case corrupt
    /// Of another test or program.
    case foreign
    /// Of another build of this test or program.
    case stale
    /// Written by a version that this one cannot read.
    case unsupportedVersion(Int)
  }

  /// The version of tokens that are written, and the only one that is read.
  package static let tokenVersion = 1

  /// The schedule as a short text that can stand in a command line, in a file name and in a URL.
  ///
  /// After `L1-`, in base64url: how many bytes follow, test, build, hash of the trace, number of
  /// steps, number of deviations, for each its distance from the one before, thread, kind and hash,
  /// and a checksum of all that. Counts and distances are variable-length.
  package var token: String {
    var body = TokenBytes()
    body.append(fixed: UInt64(test), bytes: 4)
    body.append(fixed: build, bytes: 8)
    body.append(fixed: traceHash, bytes: 8)
    body.append(variable: UInt64(stepCount))
    body.append(variable: UInt64(deviations.count))
    var last = 0
    for deviation in deviations {
      body.append(variable: UInt64(deviation.step - last))
      body.append(fixed: UInt64(deviation.thread.rawValue), bytes: 1)
      body.append(fixed: UInt64(deviation.kind.rawValue), bytes: 1)
      body.append(fixed: UInt64(deviation.objectHash), bytes: 2)
      last = deviation.step
    }
    var whole = TokenBytes()
    whole.append(variable: UInt64(body.bytes.count + 4))
    whole.bytes += body.bytes
    whole.append(fixed: UInt64(whole.checksum), bytes: 4)
    return "L\(Self.tokenVersion)-" + Base64URL.encode(whole.bytes)
  }

  /// The schedule that a token stands for, if it is of this test and of this build.
  ///
  /// - Throws: `TokenError`.
  package init(token: String, build: UInt64, test: UInt32) throws(TokenError) {
    self = try Self.decode(token)
    guard self.test == test else { throw .foreign }
    guard self.build == build else { throw .stale }
  }

  /// The schedule that a token stands for, of whatever test and build.
  ///
  /// - Throws: `TokenError.truncated`, `.corrupt` or `.unsupportedVersion`.
  package static func decode(_ token: String) throws(TokenError) -> Schedule {
    var bytes = TokenBytes(bytes: try Base64URL.decode(try payload(of: token)))
    let length = try bytes.readVariable()
    guard length <= UInt64(Int32.max) else { throw .corrupt }
    let rest = bytes.bytes.count - bytes.position
    guard rest >= Int(length) else { throw .truncated }
    guard rest == Int(length), length > 4 else { throw .corrupt }
    try bytes.removeChecksum()
    let schedule = try Schedule(reading: &bytes)
    // One schedule has one token: spare bits and long forms of numbers are not as we write them.
    guard schedule.token == token else { throw .corrupt }
    return schedule
  }

  private init(reading bytes: inout TokenBytes) throws(TokenError) {
    let test = UInt32(truncatingIfNeeded: try bytes.readFixed(4))
    let build = try bytes.readFixed(8)
    let traceHash = try bytes.readFixed(8)
    let stepCount = try bytes.readVariable()
    let count = try bytes.readVariable()
    guard stepCount <= UInt64(Int32.max), count <= stepCount else { throw .corrupt }
    var deviations: [Deviation] = []
    var step: UInt64 = 0
    for _ in 0..<count {
      let distance = try bytes.readVariable()
      guard distance < stepCount, deviations.isEmpty || distance > 0 else { throw .corrupt }
      step += distance
      let thread = ThreadID(UInt8(truncatingIfNeeded: try bytes.readFixed(1)))
      let kind = Event.Kind(rawValue: UInt8(truncatingIfNeeded: try bytes.readFixed(1)))
      let hash = UInt16(truncatingIfNeeded: try bytes.readFixed(2))
      guard step < stepCount, Int(thread.rawValue) < maximumThreadCount,
        let kind, !kind.isAnnotation
      else { throw .corrupt }
      deviations.append(
        Deviation(step: Int(step), thread: thread, kind: kind, objectHash: hash))
    }
    guard bytes.isAtEnd else { throw .corrupt }
    self.init(
      deviations: deviations, stepCount: Int(stepCount), traceHash: traceHash, build: build,
      test: test)
  }

  /// What follows `L1-`.
  private static func payload(of token: String) throws(TokenError) -> Substring {
    let text = token.utf8
    guard let first = text.first else { throw .truncated }
    guard first == UInt8(ascii: "L") else { throw .corrupt }
    guard let dash = token.firstIndex(of: "-") else {
      guard token.dropFirst().utf8.allSatisfy({ 48...57 ~= $0 }) else { throw .corrupt }
      throw .truncated
    }
    let digits = token[token.index(after: token.startIndex)..<dash]
    guard digits.utf8.count < 6, digits.utf8.allSatisfy({ 48...57 ~= $0 }),
      let version = Int(digits)
    else { throw .corrupt }
    guard version == tokenVersion else { throw .unsupportedVersion(version) }
    return token[token.index(after: dash)...]
  }
}
