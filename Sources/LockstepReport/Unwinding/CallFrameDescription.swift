/// How to undo the frame of one function: a frame description entry with its common information.
struct CallFrameDescription {
  struct Unsupported: Error {}

  /// Addresses of the function, as the file counts.
  let range: Range<UInt>
  private let codeAlignment: UInt
  private let dataAlignment: Int
  private let common: (reader: ByteReader, end: Int)
  private let own: (reader: ByteReader, end: Int)

  /// - Parameters:
  ///   - reader: at the entry.
  ///   - address: of the entry, as the file counts.
  /// - Throws: when the entry is cut short, or encoded as no compiler for x86-64 does.
  init(reader: ByteReader, address: UInt) throws {
    var reader = reader
    let start = reader.offset
    let length = try reader.integer(UInt32.self)
    guard length != 0, length != .max else { throw Unsupported() }
    let end = start + 4 + Int(length)
    let distance = try reader.integer(UInt32.self)
    guard distance != 0 else { throw Unsupported() }
    let information = try CommonInformation(
      ByteReader(block: reader.block, offset: start + 4 - Int(distance)))
    let place = address &+ UInt(reader.offset - start)
    let first: UInt
    let count: UInt
    switch information.encoding {
    case 0x1B:  // Four bytes, signed, from here.
      first = place &+ UInt(bitPattern: Int(try reader.integer(Int32.self)))
      count = UInt(try reader.integer(UInt32.self))
    case 0x00:
      first = UInt(try reader.integer(UInt64.self))
      count = UInt(try reader.integer(UInt64.self))
    default: throw Unsupported()
    }
    range = first..<max(first, first &+ count)
    if information.hasAugmentation { reader.offset += Int(try reader.unsignedLEB()) }
    codeAlignment = information.codeAlignment
    dataAlignment = information.dataAlignment
    common = (information.program, information.end)
    own = (reader, end)
  }

  /// The rules that hold at an instruction.
  ///
  /// - Parameter address: as the file counts.
  /// - Returns: how to find the caller's registers.
  /// - Throws: when a rule is of a kind that only the exotic need.
  func rules(at address: UInt) throws -> CallFrameRules {
    var program = CallFrameProgram(
      location: range.lowerBound, codeAlignment: codeAlignment, dataAlignment: dataAlignment)
    try program.run(common.reader, until: common.end, address: .max)
    program.beginFunction()
    try program.run(own.reader, until: own.end, address: address)
    return program.rules
  }
}

/// What the descriptions of many functions have in common.
private struct CommonInformation {
  var codeAlignment: UInt
  var dataAlignment: Int
  var encoding: UInt8 = 0
  var hasAugmentation = false
  var program: ByteReader
  var end: Int

  init(_ reader: ByteReader) throws {
    var reader = reader
    let start = reader.offset
    let length = try reader.integer(UInt32.self)
    end = start + 4 + Int(length)
    guard length != 0, length != .max, try reader.integer(UInt32.self) == 0 else {
      throw CallFrameDescription.Unsupported()
    }
    let version = try reader.integer(UInt8.self)
    let augmentation = try reader.text()
    codeAlignment = try reader.unsignedLEB()
    dataAlignment = try reader.signedLEB()
    // The register of the return address: 16 on x86-64.
    let register = version == 1 ? UInt(try reader.integer(UInt8.self)) : try reader.unsignedLEB()
    guard register == 16 else { throw CallFrameDescription.Unsupported() }
    if augmentation.hasPrefix("z") {
      hasAugmentation = true
      let size = Int(try reader.unsignedLEB())
      let after = reader.offset + size
      for letter in augmentation.dropFirst() {
        switch letter {
        case "R": encoding = try reader.integer(UInt8.self)
        case "L": _ = try reader.integer(UInt8.self)
        case "P":
          let size = try reader.integer(UInt8.self) & 0x07
          reader.offset += size == 2 ? 2 : size == 3 ? 4 : 8
        default: break
        }
      }
      reader.offset = after
    }
    program = reader
  }
}
