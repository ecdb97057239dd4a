/// Finds the load or store that each call of the instrumentation announces.
enum AccessMarking {
  static func mark(_ instructions: inout [Instruction]) {
    for index in instructions.indices {
      guard let call = announcement(instructions[index].text) else { continue }
      guard !call.isAtomic else {
        instructions[index].access = call.access
        continue
      }
      instructions[index].announces = call.access
      guard let found = access(call.access, after: index, in: instructions) else { continue }
      instructions[found].access = call.access
    }
  }

  /// What a call of the runtime announces; an atomic operation it carries out itself.
  private static func announcement(
    _ text: String
  ) -> (access: Instruction.Access, isAtomic: Bool)? {
    guard text.hasPrefix("call"), let name = text.split(separator: " ").last,
      name.hasPrefix("__tsan_")
    else { return nil }
    let operation = name.dropFirst("__tsan_".count)
    if operation.hasPrefix("atomic") {
      guard !operation.contains("fence") else { return nil }
      if operation.hasSuffix("_load") { return (.read, true) }
      return (operation.hasSuffix("_store") ? .write : .readAndWrite, true)
    }
    // A formal access of Swift: the accesses themselves follow.
    guard !operation.hasPrefix("external"), !operation.hasPrefix("func") else { return nil }
    if operation.contains("read_write") || operation == "vptr_update" { return (.write, false) }
    if operation.contains("read") { return (.read, false) }
    return operation.contains("write") ? (.write, false) : nil
  }

  /// The first fitting instruction up to the next announcement, rather not one on the stack frame:
  /// unoptimised code keeps its registers there.
  private static func access(
    _ access: Instruction.Access, after index: Int, in instructions: [Instruction]
  ) -> Int? {
    var onStack: Int?
    for next in instructions.indices.dropFirst(index + 1) {
      let text = instructions[next].text
      if text.hasPrefix("call") || text.hasPrefix("ret") { break }
      guard let operand = memoryOperand(text), operand.isStore == (access != .read) else {
        continue
      }
      guard operand.isOnStack else { return next }
      onStack = onStack ?? next
    }
    return onStack
  }

  private static func memoryOperand(_ text: String) -> (isStore: Bool, isOnStack: Bool)? {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let open = parts[1].firstIndex(of: "("),
      let close = parts[1].lastIndex(of: ")"),
      !["lea", "nop", "push", "pop", "jmp"].contains(where: parts[0].hasPrefix)
    else { return nil }
    let isLast = parts[1].index(after: close) == parts[1].endIndex
    let onlyReads = ["cmp", "test", "bt ", "ucomis", "comis"].contains(where: parts[0].hasPrefix)
    let base = parts[1][open...]
    return (
      isStore: isLast && !onlyReads,
      isOnStack: base.hasPrefix("(%rbp") || base.hasPrefix("(%rsp")
    )
  }
}
