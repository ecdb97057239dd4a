/// Reads what `objdump -d --no-show-raw-insn` prints.
enum Disassembly {
  /// The instructions of a listing, their accesses marked.
  ///
  /// - Parameters:
  ///   - text: the program's output.
  ///   - bias: what to add to an address of the file for that in memory.
  /// - Returns: without lines; everything else in the text is left out.
  static func instructions(_ text: String, bias: UInt) -> [Instruction] {
    var instructions = text.split(separator: "\n").compactMap { line -> Instruction? in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let address = UInt(parts[0].drop { $0 == " " }, radix: 16)
      else { return nil }
      return Instruction(
        address: address &+ bias, fileAddress: address, text: simplified(parts[1]))
    }
    AccessMarking.mark(&instructions)
    return instructions
  }

  /// One space behind the name, and targets of calls by their names.
  private static func simplified(_ text: Substring) -> String {
    let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
    let text = words.joined(separator: " ")
    guard let start = text.firstIndex(of: "<"), let end = text.lastIndex(of: ">"), start < end
    else { return text }
    let target = text[text.index(after: start)..<end]
    let isCall = words.first?.hasPrefix("call") == true
    let parts = target.split(separator: "+", maxSplits: 1)
    let name = String((isCall ? parts.first : nil) ?? target)
    guard words.count == 3 else { return text }
    // A jump stays in its function: the address that is printed is enough.
    guard isCall else { return "\(words[0]) 0x\(words[1])" }
    let symbol = name.hasSuffix("@plt") ? String(name.dropLast(4)) : name
    return "\(words[0]) \(Demangling.shortName(symbol))"
  }
}
