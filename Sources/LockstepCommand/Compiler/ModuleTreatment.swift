/// What is done to one module.
enum ModuleTreatment: Equatable {
  /// The person's code: every access to memory becomes a call that the runtime sees.
  case instrumented
  /// Lockstep's code and what it alone needs: optimised even in a debug build.
  case bare
  /// Manifests, plugins, macros and other tools of the host.
  case untouched

  /// - Parameters:
  ///   - module: the Swift module, or the C target.
  ///   - files: sources and outputs of the compilation.
  ///   - rules: which packages are bare.
  init(module: String, files: [String], rules: InstrumentationRules) {
    if files.contains(where: Self.belongsToHost) {
      self = .untouched
    } else if InstrumentationRules.bareModules.contains(module) {
      self = .bare
    } else if files.contains(where: { file in
      rules.barePackages.contains { file.hasPrefix($0 + "/") }
    }) {
      self = .bare
    } else {
      self = .instrumented
    }
  }

  /// SwiftPM builds a target that is also needed on the host a second time, under names in '-tool'.
  private static func belongsToHost(_ file: String) -> Bool {
    file.split(separator: "/").contains { component in
      component == "Modules-tool" || component.hasSuffix("-tool.build")
        || component.hasSuffix("-tool.product")
    }
  }
}
