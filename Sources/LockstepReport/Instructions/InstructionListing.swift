/// The machine instructions of a function or of one of its statements, lines and accesses marked.
package struct InstructionListing: Equatable, Sendable {
  /// The function's name as people write it.
  package var function: String
  package var instructions: [Instruction]
  /// What could not be done, a phrase each.
  package var notes: [String]

  package init(function: String, instructions: [Instruction], notes: [String] = []) {
    self.function = function
    self.instructions = instructions
    self.notes = notes
  }

  /// The function of this process that a program counter is in.
  ///
  /// - Parameters:
  ///   - address: of any of its instructions.
  ///   - symbolizer: finds the lines.
  ///   - toolchain: where `objdump` or `llvm-objdump` is looked for.
  /// - Returns: no instructions, and a note, where something is missing.
  package static func function(
    at address: UInt, symbolizer: Symbolizer, toolchain: Toolchain = .current()
  ) -> InstructionListing {
    let symbols = symbolizer.symbols
    guard let image = symbols.image(of: address), let symbol = symbols.symbol(at: address),
      symbol.isFunction
    else {
      let note = "no function is known at 0x\(String(address, radix: 16))"
      return InstructionListing(function: "", instructions: [], notes: [note])
    }
    let function = Demangling.shortName(symbol.name)
    guard let tool = toolchain.program("objdump") ?? toolchain.program("llvm-objdump") else {
      let note = "no 'objdump' beside 'swift' or on the path; install binutils for instructions"
      return InstructionListing(function: function, instructions: [], notes: [note])
    }
    let range = [symbol.range.lowerBound, symbol.range.upperBound].map {
      "0x" + String($0 &- image.bias, radix: 16)
    }
    let arguments = [
      "-d", "--no-show-raw-insn", "--start-address=\(range[0])", "--stop-address=\(range[1])",
      image.path,
    ]
    guard let text = ChildProcess.output(of: tool, arguments, seconds: 20) else {
      let note = "'\(tool)' gave no answer; instructions are left out"
      return InstructionListing(function: function, instructions: [], notes: [note])
    }
    var instructions = Disassembly.instructions(text, bias: image.bias)
    let frames = symbolizer.frames(atInstructions: instructions.map(\.address))
    for (index, frames) in frames.enumerated() {
      instructions[index].location = frames.firstUserFrame?.location
    }
    return InstructionListing(
      function: function, instructions: instructions, notes: symbolizer.notes)
  }

  /// The listing of one line only; what has no line of its own and lies in between goes with it.
  package func statement(file: String, line: Int) -> InstructionListing {
    func isOfLine(_ instruction: Instruction) -> Bool {
      instruction.location.map { $0.line == line && $0.file == file } ?? false
    }
    var statement = self
    guard let first = instructions.firstIndex(where: isOfLine),
      let last = instructions.lastIndex(where: isOfLine)
    else {
      statement.instructions = []
      return statement
    }
    statement.instructions = instructions[first...last].filter {
      $0.location == nil || isOfLine($0)
    }
    return statement
  }

  /// The listing of the line that the instruction before a return address belongs to.
  package func statement(atReturnAddress address: UInt) -> InstructionListing {
    guard let call = instructions.last(where: { $0.address < address })?.location else {
      return statement(file: "", line: 0)
    }
    return statement(file: call.file, line: call.line)
  }

  /// As the JSON has it.
  package var reported: [ReportedInstruction] { instructions.map(\.reported) }
}
