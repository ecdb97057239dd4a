import Synchronization

/// Finds the callers of a sleeping thread in another process, from its stack and its files.
package final class Unwinder: Sendable {
  private let memory: ProcessMemory
  private let symbols: ImageSymbols
  private let tables = Mutex<[String: CallFrameTable?]>([:])

  package init(memory: ProcessMemory, symbols: ImageSymbols) {
    self.memory = memory
    self.symbols = symbols
  }

  private struct Registers {
    static let framePointer = 6
    static let stackPointer = 7
    static let returnAddress = 16

    var programCounter: UInt
    /// Those that are known, by DWARF's numbers.
    var values: [Int: UInt]
  }

  /// The return addresses above a frame whose first word is the caller's frame pointer and whose second
  /// is the return address.
  ///
  /// - Returns: the innermost first; empty when there is no such frame.
  package func returnAddresses(fromFrame frame: UInt, atMost count: Int = 64) -> [UInt] {
    guard frame % 8 == 0, let pointer = memory.value(at: frame, as: UInt.self),
      let address = memory.value(at: frame + 8, as: UInt.self)
    else { return [] }
    var registers = Registers(
      programCounter: address,
      values: [Registers.framePointer: pointer, Registers.stackPointer: frame + 16])
    var addresses: [UInt] = []
    while addresses.count < count, symbols.isCode(at: registers.programCounter &- 1) {
      addresses.append(registers.programCounter)
      guard let caller = caller(of: registers) else { break }
      registers = caller
    }
    return addresses
  }

  private func caller(of registers: Registers) -> Registers? {
    switch described(registers) {
    case .caller(let caller): caller
    case .none: nil
    case .unknown: byFramePointer(registers)
    }
  }

  private enum Outcome {
    case caller(Registers)
    /// The outermost frame.
    case none
    case unknown
  }

  private func described(_ registers: Registers) -> Outcome {
    let address = registers.programCounter &- 1
    guard let image = symbols.image(of: address), let table = table(of: image.path),
      let rules = try? table.description(of: address &- image.bias)?.rules(
        at: address &- image.bias),
      let frame = rules.frame, let base = registers.values[frame.register]
    else { return .unknown }
    let start = base &+ UInt(bitPattern: frame.offset)
    // Frames lie one above the other.
    guard let stack = registers.values[Registers.stackPointer], start > stack else {
      return .unknown
    }
    if rules.registers[Registers.returnAddress] == .undefined { return .none }
    var values = registers.values
    for (register, rule) in rules.registers {
      values[register] = value(rule, frame: start, registers)
    }
    guard let caller = values[Registers.returnAddress] else { return .none }
    values[Registers.returnAddress] = nil
    values[Registers.stackPointer] = start
    return caller == 0 ? .none : .caller(Registers(programCounter: caller, values: values))
  }

  private func value(
    _ rule: CallFrameRules.Rule, frame: UInt, _ registers: Registers
  ) -> UInt? {
    switch rule {
    case .saved(let offset):
      memory.value(at: frame &+ UInt(bitPattern: offset), as: UInt.self)
    case .value(let offset): frame &+ UInt(bitPattern: offset)
    case .register(let register): registers.values[register]
    case .undefined, .unknown: nil
    }
  }

  /// Code without a description, such as that of a just-in-time compiler, may keep frame pointers.
  private func byFramePointer(_ registers: Registers) -> Registers? {
    guard let frame = registers.values[Registers.framePointer],
      let stack = registers.values[Registers.stackPointer], frame >= stack, frame % 8 == 0,
      let pointer = memory.value(at: frame, as: UInt.self),
      let address = memory.value(at: frame + 8, as: UInt.self)
    else { return nil }
    return Registers(
      programCounter: address,
      values: [Registers.framePointer: pointer, Registers.stackPointer: frame + 16])
  }

  private func table(of path: String) -> CallFrameTable? {
    tables.withLock { tables in
      if let known = tables[path] { return known }
      let table = CallFrameTable(path: path)
      tables[path] = .some(table)
      return table
    }
  }
}
