import Foundation

extension TwoStepCompilation {
  /// Carries both steps out, with what ThreadSanitizer's pass leaves out added between them.
  ///
  /// - Parameter compiler: the path of `clang` or `clang++`.
  /// - Returns: how the last step ended that was begun.
  /// - Throws: `CommandError` when the compiler does not start, or the module cannot be changed.
  func run(by compiler: String) throws -> ChildProcess.Outcome {
    defer { unlink(module) }
    let first = try compile(toModule, by: compiler)
    guard first.isSuccess else { return first }
    do {
      let file = URL(fileURLWithPath: module)
      try AccessPass.complete(try Data(contentsOf: file))?.write(to: file)
    } catch {
      throw CommandError.cannotWrite(path: module, reason: error.localizedDescription)
    }
    return try compile(toObject, by: compiler)
  }

  private func compile(_ arguments: [String], by compiler: String) throws -> ChildProcess.Outcome {
    try ChildProcess.run(compiler, arguments: arguments, standardOutput: .standardError).outcome
  }
}
