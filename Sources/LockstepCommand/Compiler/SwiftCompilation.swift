/// One call of `swiftc` by SwiftPM, and what becomes of it.
struct SwiftCompilation {
  let arguments: [String]
  let rules: InstrumentationRules
  /// Reads the file behind an argument `@file`, one argument a line.
  var readResponseFile: (String) -> [String] = { _ in [] }
  /// Writes a response file anew with the lines for which a predicate holds last; gives its name.
  var reorderResponseFile: (String, (String) -> Bool) -> String = { file, _ in file }

  /// The arguments for the real compiler.
  var rewritten: [String] {
    if isLink { return instrumentedFirst + linked }
    guard let module = value(of: "-module-name"), !isManifest else { return arguments }
    switch ModuleTreatment(module: module, files: files, rules: rules) {
    case .untouched: return arguments
    case .bare: return arguments + bareFlags(module: module)
    case .instrumented: return arguments + instrumentationFlags
    }
  }

  // MARK: Flags

  /// All of them, for a compilation that gives none itself.
  static var instrumentationFlags: [String] { instrumentation.flatMap(\.self) }

  /// Flags of the frontend and of LLVM only: the driver's own `-sanitize=thread` would link
  /// ThreadSanitizer's runtime.
  private var instrumentationFlags: [String] {
    Self.instrumentation.filter { flag in
      // LLVM refuses an option given twice.
      !contains(flag)
    }.flatMap(\.self)
  }

  private static let instrumentation = [
    ["-Xfrontend", "-sanitize=thread"],
    // Else LLVM leaves out the read of a read and write in one basic block.
    ["-Xllvm", "-tsan-instrument-read-before-write"],
    // Else small functions are inlined into other modules before they are instrumented. As an
    // option of the driver: the frontend's is overridden by the driver's '-enable-default-cmo'.
    ["-disable-cmo"],
    // Else what a coroutine does after its 'yield', and what the compiler outlines, go unseen in
    // optimised code: LLVM splits them off without the attribute that asks for instrumentation.
    ["-Xllvm", "-force-attribute=sanitize_thread"],
    // Else whole modules lose the marks of accesses to their own properties; copies of existentials
    // and generic values, which are not instrumented, are seen by these marks alone.
    ["-Xllvm", "-sil-disable-pass=access-enforcement-wmo"],
    // Else the mark of an access is merged with others and moved out of loops, before the lock that
    // the access itself is made under.
    ["-Xllvm", "-sil-disable-pass=access-enforcement-opts"],
  ]

  private func bareFlags(module: String) -> [String] {
    var flags = arguments.contains("-Onone") ? ["-O"] : []
    // What is inlined into the person's modules would be instrumented there.
    if InstrumentationRules.importedModules.contains(module) { flags.append("-disable-cmo") }
    return flags
  }

  private func contains(_ flag: [String]) -> Bool {
    arguments.indices.contains { arguments[$0...].starts(with: flag) }
  }

  // MARK: Links

  private var isLink: Bool {
    arguments.contains("-emit-executable") || arguments.contains("-emit-library")
  }

  /// The instrumented program that comes of a link.
  var linkedProgram: String? {
    // A library leaves open what the program that loads it will define.
    guard arguments.contains("-emit-executable"), !isManifest, let output = value(of: "-o"),
      ModuleTreatment(module: "", files: responseFiles + [output], rules: rules) != .untouched
    else { return nil }
    return output
  }

  /// What a link needs besides: the runtime, where it is not linked, and a mark.
  private var linked: [String] {
    guard let output = linkedProgram else { return [] }
    let mark = output.hasSuffix(".xctest") ? rules.startMark : rules.buildMark
    // With the runtime at hand, a symbol that it lacks must be an error rather than a silent gap.
    let hasRuntime = expandedFiles.contains { $0.contains("/CLockstepRuntime.build/") }
    return [mark] + (hasRuntime ? [] : rules.linkToRuntime)
  }

  /// The arguments with the objects of modules that are not instrumented behind the others.
  ///
  /// Generic and inlinable code of the libraries is compiled into each module that uses it, and the
  /// linker keeps the first copy: one without instrumentation would hide the person's accesses.
  private var instrumentedFirst: [String] {
    guard arguments.contains("-emit-executable"), !isManifest else { return arguments }
    return arguments.map { argument in
      guard argument.hasPrefix("@") else { return argument }
      return "@"
        + reorderResponseFile(String(argument.dropFirst())) { line in
          guard let module = Self.module(ofObject: line) else { return false }
          return ModuleTreatment(module: module, files: [line], rules: rules) != .instrumented
        }
    }
  }

  /// SwiftPM puts the objects of a module into the folder '<module>.build'.
  private static func module(ofObject path: String) -> String? {
    let folder = path.split(separator: "/").last { $0.hasSuffix(".build") }
    return folder.map { String($0.dropLast(".build".count)) }
  }

  // MARK: Arguments

  /// Manifests and plugins come as one call that compiles and links, against SwiftPM's libraries.
  private var isManifest: Bool {
    arguments.contains("-package-description-version")
      || arguments.contains("-lPackageDescription") || arguments.contains("-lPackagePlugin")
  }

  private var responseFiles: [String] {
    arguments.filter { $0.hasPrefix("@") }.map { String($0.dropFirst()) }
  }

  private var expandedFiles: [String] {
    responseFiles.flatMap(readResponseFile) + arguments.filter { $0.hasPrefix("/") }
  }

  private var files: [String] {
    expandedFiles + responseFiles
  }

  private func value(of option: String) -> String? {
    guard let index = arguments.firstIndex(of: option) else { return nil }
    return arguments[(index + 1)...].first
  }
}
