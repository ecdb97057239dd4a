/// A compilation of one file in C or C++ in two steps, by a module in LLVM's text.
///
/// Calls can be added to the module. Without them, the object is that of one step.
struct TwoStepCompilation: Equatable {
  /// Arguments that write the module.
  let toModule: [String]
  /// Arguments that make the object of it.
  let toObject: [String]
  /// The module's path, beside the object.
  let module: String

  /// Options that say what a source depends on, which the second step does not know.
  private static let ofDependencies: Set = ["-MD", "-MMD", "-MP", "-MG", "-MV"]
  private static let valuedOfDependencies: Set = ["-MF", "-MT", "-MQ", "-index-store-path"]

  /// - Parameters:
  ///   - source: the file.
  ///   - object: what is to be made of it.
  ///   - options: all other arguments, without what says how far to go.
  init(of source: String, to object: String, options: [String]) {
    var common: [String] = []
    var dependencies: [String] = []
    var rest = options[...]
    while let option = rest.popFirst() {
      if Self.ofDependencies.contains(option) {
        dependencies.append(option)
      } else if Self.valuedOfDependencies.contains(option), let value = rest.popFirst() {
        dependencies += [option, value]
      } else {
        common.append(option)
      }
    }
    module = object + ".ll"
    // Else they would bear the module's name.
    if !Set(["-MD", "-MMD"]).isDisjoint(with: dependencies) {
      if !dependencies.contains("-MF") {
        dependencies += [
          "-MF", (object.hasSuffix(".o") ? String(object.dropLast(2)) : object) + ".d",
        ]
      }
      if Set(["-MT", "-MQ"]).isDisjoint(with: dependencies) { dependencies += ["-MT", object] }
    }
    toModule = common + dependencies + ["-S", "-emit-llvm", source, "-o", module]
    toObject =
      common + [
        "-Wno-unused-command-line-argument", "-Xclang", "-disable-llvm-passes", "-c", "-x", "ir",
        module, "-o", object,
      ]
  }

  /// The same for a whole command line; nil where there is not one source and one object.
  init?(_ arguments: [String]) {
    var options: [String] = []
    var sources: [String] = []
    var object: String?
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "-o" {
        object = rest.popFirst()
      } else if Self.valued.contains(argument) {
        options += [argument] + [rest.popFirst()].compactMap(\.self)
      } else if !argument.hasPrefix("-"), Self.isSource(argument) {
        sources.append(argument)
      } else if argument != "-c" {
        options.append(argument)
      }
    }
    guard let object, let source = sources.first, sources.count == 1 else { return nil }
    self.init(of: source, to: object, options: options)
  }

  /// Options whose value is an argument of its own, and may be named like a source.
  private static let valued: Set = [
    "-MF", "-MT", "-MQ", "-I", "-D", "-U", "-include", "-imacros", "-include-pch", "-isystem",
    "-iquote", "-idirafter", "-x", "-Xclang", "-mllvm", "-target", "-index-store-path",
  ]
  private static let languages: Set<Substring> = [
    "c", "i", "cc", "cp", "cpp", "cxx", "c++", "C", "CC", "CPP", "ii", "m", "mm", "M", "mi", "mii",
  ]

  private static func isSource(_ file: String) -> Bool {
    file.split(separator: ".").last.map(languages.contains) ?? false
  }
}
