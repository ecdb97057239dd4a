import Foundation

/// Adds to a module in LLVM's text what ThreadSanitizer's pass leaves out.
///
/// The pass reports accesses of 1, 2, 4, 8 and 16 bytes (LLVM's ThreadSanitizer.cpp). All others become
/// accesses of ranges here, and so does what is read to pass a structure by value. What cannot be told is
/// named when a thread comes to it.
struct AccessPass {
  private var functions: [FunctionAccesses] = []
  private var isInFunction = false
  /// Groups of attributes of the functions that the pass instruments.
  private var instrumented: Set<Substring> = []
  /// Functions that the module declares or defines.
  private var known: Set<Substring> = []

  /// The module with all calls; nil where there is nothing to add.
  static func complete(_ module: Data) -> Data? {
    var pass = Self()
    module.withUnsafeBytes { text in
      for (place, line) in ModuleLines(text) { pass.read(line, at: place) }
    }
    return pass.completed(module)
  }

  private mutating func read(_ line: Substring, at place: Int) {
    if isInFunction {
      isInFunction = !line.hasPrefix("}")
      functions[functions.count - 1].add(line, at: place)
    } else if line.hasPrefix("define ") || line.hasPrefix("declare ") {
      var cursor = IRCursor(line)
      if cursor.seek(" @") { known.insert(cursor.take(until: "(")) }
      isInFunction = line.hasPrefix("define ")
      if isInFunction { functions.append(FunctionAccesses(definition: line)) }
    } else if line.hasPrefix("attributes #"), line.contains(" sanitize_thread ") {
      instrumented.formUnion(line.split(separator: " ").dropFirst().prefix(1))
    }
  }

  private func completed(_ module: Data) -> Data? {
    let changed = functions.filter { instrumented.contains($0.attributes) }
    let additions = changed.flatMap(\.additions)
    guard !additions.isEmpty else { return nil }
    var result = Data(capacity: module.count + additions.count * 128)
    var place = 0
    for addition in additions {
      result += module[place..<addition.place] + Data(addition.text.utf8)
      place = addition.place
    }
    let unknown = changed.reduce(into: Set()) { $0.formUnion($1.unknown) }
    return result + module[place...]
      + Data((declarations + unknown.sorted().map(constant)).joined(separator: "\n").utf8)
  }

  private static let functions = [
    ("__tsan_read_range", "void", "ptr, i64"), ("__tsan_write_range", "void", "ptr, i64"),
    ("__tsan_func_entry", "void", "ptr"), ("__tsan_func_exit", "void", ""),
    ("llvm.returnaddress", "ptr", "i32"), ("lks_meetUnreported", "void", "ptr"),
  ]

  private var declarations: [String] {
    Self.functions.filter { !known.contains($0.0[...]) }.map { name, result, parameters in
      "declare \(result) @\(name)(\(parameters))"
    }
  }

  private func constant(_ text: String) -> String {
    "@\"\(text)\" = private unnamed_addr constant [\(text.utf8.count + 1) x i8] c\"\(text)\\00\""
  }
}
