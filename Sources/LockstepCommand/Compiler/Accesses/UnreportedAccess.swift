/// An access that ThreadSanitizer's pass leaves out of an instruction's report.
enum UnreportedAccess: Equatable {
  case read(pointer: String, size: String)
  case write(pointer: String, size: String)
  /// Accesses of which neither is known.
  case unknown(of: String)

  /// The accesses of an instruction.
  ///
  /// - Parameters:
  ///   - line: the instruction.
  ///   - before: the line before it, where the pass puts its call for an access that it reports.
  /// - Returns: what is left out of it.
  static func of(_ line: Substring, after before: Substring) -> [Self] {
    var cursor = IRCursor(line)
    guard cursor.skip("  ") else { return [] }
    if cursor.text.hasPrefix("%") {
      _ = cursor.take(until: "=")
      guard cursor.skip("= ") else { return [] }
    }
    if cursor.skip("load ") { return load(cursor, after: before) }
    if cursor.skip("store ") { return store(cursor, after: before) }
    let calls = ["call ", "tail call ", "musttail call ", "notail call ", "invoke ", "callbr "]
    return calls.contains { cursor.skip($0) } ? call(cursor) : []
  }

  // MARK: Loads and stores

  private static func load(_ instruction: IRCursor, after before: Substring) -> [Self] {
    var cursor = instruction
    _ = cursor.skip("volatile ")
    let type = IRType(name: cursor.take(until: ", "))
    return pointer(&cursor, to: type, after: before).map {
      [.read(pointer: $0, size: type.storeSizeText)]
    } ?? []
  }

  private static func store(_ instruction: IRCursor, after before: Substring) -> [Self] {
    var cursor = instruction
    _ = cursor.skip("volatile ")
    let type = IRType(name: cursor.take(until: " "))
    _ = cursor.take(until: ",")
    return pointer(&cursor, to: type, after: before).map {
      [.write(pointer: $0, size: type.storeSizeText)]
    } ?? []
  }

  /// Where an access goes that is not reported; those that are atomic are, of whatever type.
  private static func pointer(
    _ cursor: inout IRCursor, to type: IRType, after before: Substring
  ) -> String? {
    guard type.isReported != true, type.name != "atomic", cursor.skip(", ptr ") else { return nil }
    let pointer = String(cursor.take(until: ","))
    // As the pass does: other spaces are the thread's own, or the processor's.
    guard !pointer.hasPrefix("addrspace(") else { return nil }
    let isReported = before.contains("@__tsan_") && before.contains("(ptr \(pointer))")
    return isReported ? nil : pointer
  }

  // MARK: Calls

  private static func call(_ instruction: IRCursor) -> [Self] {
    if let name = intrinsic(in: instruction) { return [.unknown(of: "'\(name)'")] }
    if accessesByAssembly(instruction) { return [.unknown(of: "inline assembly")] }
    var cursor = instruction
    var accesses: [Self] = []
    // A structure is read as it is put where the function expects it.
    while cursor.seek(" byval(") {
      let type = IRType(name: cursor.take(until: ")"))
      _ = cursor.skip(")")
      let value = value(in: cursor.take(until: ",)"))
      accesses.append(.read(pointer: value, size: type.storeSizeText))
    }
    return accesses
  }

  /// The value behind the attributes of an argument.
  private static func value(in argument: Substring) -> String {
    var cursor = IRCursor(argument)
    let values = ["%", "@", "getelementptr ", "inttoptr ", "addrspacecast "]
    while cursor.skip(" "), !values.contains(where: cursor.text.hasPrefix) {
      _ = cursor.take(until: " ")
    }
    return String(cursor.text)
  }

  /// The name of what LLVM makes an instruction of that accesses some bytes of a vector.
  private static func intrinsic(in instruction: IRCursor) -> String? {
    var cursor = instruction
    guard cursor.seek(" @llvm.") else { return nil }
    let name = "llvm." + cursor.take(until: "(")
    if name.hasPrefix("llvm.masked.") { return name }
    let isHarmless = ["csr", "clflush", "clflushopt", "clwb", "cldemote", "monitor"]
      .contains(where: name.hasSuffix)
    return name.hasPrefix("llvm.x86.") && !isHarmless && cursor.seek("ptr ") ? name : nil
  }

  /// Whether there are instructions in inline assembly that are handed memory.
  private static func accessesByAssembly(_ instruction: IRCursor) -> Bool {
    var cursor = instruction
    guard cursor.seek(" asm "), cursor.seek("\""), !cursor.skip("\"") else { return false }
    _ = cursor.seek("\", \"")
    let arguments = cursor.text
    return arguments.contains("elementtype(")
      || arguments.contains("~{memory}") && arguments.contains("ptr ")
  }
}
