/// One call of `clang` by SwiftPM for a C or C++ target, and what becomes of it.
struct ClangCompilation {
  let arguments: [String]
  let rules: InstrumentationRules

  /// The arguments for the real compiler.
  var rewritten: [String] {
    switch treatment {
    case .untouched: return arguments
    case .bare: return arguments + (arguments.contains("-O0") ? ["-O2"] : [])
    case .instrumented: return arguments + Self.instrumentation
    }
  }

  /// The same in two steps, where the person's code is compiled.
  var twoSteps: TwoStepCompilation? {
    treatment == .instrumented ? TwoStepCompilation(rewritten) : nil
  }

  private var treatment: ModuleTreatment {
    guard arguments.contains("-c"), let target else { return .untouched }
    let treatment = ModuleTreatment(module: target, files: arguments, rules: rules)
    return treatment == .instrumented && isAssembly ? .untouched : treatment
  }

  /// At compile time only: at link time the first would link ThreadSanitizer's runtime.
  ///
  /// The instrumentation comes after the optimiser has made vectors of loops, whose accesses would be
  /// steps of several elements. (In Swift the formal accesses around them are reported.)
  static let instrumentation = [
    "-fsanitize=thread", "-mllvm", "-tsan-instrument-read-before-write", "-fno-vectorize",
    "-fno-slp-vectorize",
    // Else the C library is called by names that are not seen (`__printf_chk`).
    "-U_FORTIFY_SOURCE",
  ]

  /// SwiftPM puts the objects of a target into the folder '<target>.build'.
  private var target: String? {
    guard let index = arguments.firstIndex(of: "-o"),
      let output = arguments[(index + 1)...].first
    else { return nil }
    let folder = output.split(separator: "/").last { $0.hasSuffix(".build") }
    return folder.map { String($0.dropLast(".build".count)) }
  }

  private var isAssembly: Bool {
    arguments.contains { $0.hasSuffix(".s") || $0.hasSuffix(".S") }
  }
}
