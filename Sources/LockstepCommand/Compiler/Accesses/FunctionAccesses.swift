/// Calls that are added to one function.
struct FunctionAccesses {
  typealias Addition = (place: Int, text: String)

  /// The group of its attributes.
  let attributes: Substring
  /// What is not told, for the runtime to name.
  private(set) var unknown: Set<String> = []
  private let name: String
  private var calls: [Addition] = []
  /// That of the first access.
  private var location = ""
  private var beginning: Int?
  private var ends: [Int] = []
  private var isEntered = false
  private var previous: Substring = ""

  /// - Parameter definition: the function's first line.
  init(definition: Substring) {
    attributes = definition.split(separator: " ").last { $0.hasPrefix("#") } ?? ""
    var cursor = IRCursor(definition)
    name = cursor.seek("@") ? cursor.take(until: "(").filter { !"\"\\".contains($0) } : ""
  }

  /// Takes the next line of the function, and where it begins in the module.
  mutating func add(_ line: Substring, at place: Int) {
    guard line.hasPrefix("  ") else { return }
    beginning = beginning ?? place
    if line.hasPrefix("  ret ") { ends.append(place) }
    if line.hasPrefix("  call void @__tsan_func_entry(") { isEntered = true }
    for access in UnreportedAccess.of(line, after: previous) {
      let location = Self.location(of: line)
      if calls.isEmpty { self.location = location }
      calls.append((place, "  call void \(call(for: access))\(location)\n"))
    }
    previous = line
  }

  private mutating func call(for access: UnreportedAccess) -> String {
    switch access {
    case .read(let pointer, let size): return "@__tsan_read_range(ptr \(pointer), i64 \(size))"
    case .write(let pointer, let size): return "@__tsan_write_range(ptr \(pointer), i64 \(size))"
    case .unknown(let what):
      let text = "accesses of \(what) in '\(name)'"
      unknown.insert(text)
      return "@lks_meetUnreported(ptr @\"\(text)\")"
    }
  }

  private static func location(of line: Substring) -> String {
    var cursor = IRCursor(line)
    return cursor.seek(", !dbg ") ? ", !dbg \(cursor.take(until: ", "))" : ""
  }

  /// All calls, in their order.
  ///
  /// Of a function that calls nothing and has no access that is reported, the pass does not say that it is
  /// entered and left.
  var additions: [Addition] {
    guard !calls.isEmpty, !isEntered, let beginning else { return calls }
    let entry = """
        %lockstep.caller = call ptr @llvm.returnaddress(i32 0)\(location)
        call void @__tsan_func_entry(ptr %lockstep.caller)\(location)

      """
    let exits = ends.map { (place: $0, text: "  call void @__tsan_func_exit()\(location)\n") }
    return ([(beginning, entry)] + calls + exits).enumerated().sorted {
      ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
    }.map(\.element)
  }
}
