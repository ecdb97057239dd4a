/// How to find the caller's registers from the callee's.
struct CallFrameRules: Equatable {
  enum Rule: Equatable {
    /// The register was saved at this distance from the frame's address.
    case saved(Int)
    /// The value is this distance from the frame's address.
    case value(Int)
    /// It is in another register.
    case register(Int)
    /// There is no caller, if it is the return address.
    case undefined
    /// By an expression, which is not evaluated here.
    case unknown
  }

  /// The frame's address: a register and a distance; nil when by an expression.
  var frame: (register: Int, offset: Int)?
  /// Registers that the function changes.
  var registers: [Int: Rule] = [:]

  static func == (left: Self, right: Self) -> Bool {
    left.frame?.register == right.frame?.register && left.frame?.offset == right.frame?.offset
      && left.registers == right.registers
  }
}

/// The machine that a description's instructions run on: DWARF 5, section 6.4.2.
struct CallFrameProgram {
  private(set) var rules = CallFrameRules()
  private var initial = CallFrameRules()
  private var remembered: [CallFrameRules] = []
  private var location: UInt
  private let codeAlignment: UInt
  private let dataAlignment: Int

  init(location: UInt, codeAlignment: UInt, dataAlignment: Int) {
    self.location = location
    self.codeAlignment = codeAlignment
    self.dataAlignment = dataAlignment
  }

  /// What the common instructions set is what `restore` goes back to.
  mutating func beginFunction() { initial = rules }

  /// Runs instructions as far as they are about code up to and with `address`.
  mutating func run(_ reader: ByteReader, until end: Int, address: UInt) throws {
    var reader = reader
    while reader.offset < end {
      let operation = try reader.integer(UInt8.self)
      let operand = Int(operation & 0x3F)
      switch operation >> 6 {
      case 1: advance(UInt(operand))
      case 2: rules.registers[operand] = .saved(Int(try reader.unsignedLEB()) * dataAlignment)
      case 3: rules.registers[operand] = initial.registers[operand]
      default: try runExtended(operation, &reader)
      }
      // The rules so far are those of the code before it.
      if location > address { return }
    }
  }

  private mutating func advance(_ count: UInt) { location &+= count &* codeAlignment }

  private mutating func runExtended(_ operation: UInt8, _ reader: inout ByteReader) throws {
    switch operation {
    case 0x00: break
    case 0x02: advance(UInt(try reader.integer(UInt8.self)))
    case 0x03: advance(UInt(try reader.integer(UInt16.self)))
    case 0x04: advance(UInt(try reader.integer(UInt32.self)))
    case 0x0A: remembered.append(rules)
    case 0x0B:
      guard let last = remembered.popLast() else { throw CallFrameDescription.Unsupported() }
      rules = last
    case 0x0C...0x0F, 0x12, 0x13: try setFrame(operation, &reader)
    case 0x2E: _ = try reader.unsignedLEB()
    case 0x05...0x09, 0x10, 0x11, 0x14...0x16, 0x2F: try setRegister(operation, &reader)
    default: throw CallFrameDescription.Unsupported()
    }
  }

  private mutating func setFrame(_ operation: UInt8, _ reader: inout ByteReader) throws {
    switch operation {
    case 0x0C:
      rules.frame = (Int(try reader.unsignedLEB()), Int(try reader.unsignedLEB()))
    case 0x12:
      rules.frame = (
        Int(try reader.unsignedLEB()), try reader.signedLEB() * dataAlignment
      )
    case 0x0D: rules.frame?.register = Int(try reader.unsignedLEB())
    case 0x0E: rules.frame?.offset = Int(try reader.unsignedLEB())
    case 0x13: rules.frame?.offset = try reader.signedLEB() * dataAlignment
    default:
      rules.frame = nil
      reader.offset += Int(try reader.unsignedLEB())
    }
  }

  private mutating func setRegister(_ operation: UInt8, _ reader: inout ByteReader) throws {
    let register = Int(try reader.unsignedLEB())
    switch operation {
    case 0x05: rules.registers[register] = .saved(Int(try reader.unsignedLEB()) * dataAlignment)
    case 0x06: rules.registers[register] = initial.registers[register]
    case 0x07: rules.registers[register] = .undefined
    case 0x08: rules.registers[register] = nil
    case 0x09: rules.registers[register] = .register(Int(try reader.unsignedLEB()))
    case 0x11: rules.registers[register] = .saved(try reader.signedLEB() * dataAlignment)
    case 0x14: rules.registers[register] = .value(Int(try reader.unsignedLEB()) * dataAlignment)
    case 0x15: rules.registers[register] = .value(try reader.signedLEB() * dataAlignment)
    case 0x2F: rules.registers[register] = .saved(-Int(try reader.unsignedLEB()) * dataAlignment)
    default:
      // 0x10 and 0x16, expressions: their bytes follow.
      rules.registers[register] = .unknown
      reader.offset += Int(try reader.unsignedLEB())
    }
  }
}
