import SwiftCompilerPlugin
import SwiftSyntax
import SwiftSyntaxMacros

struct Stringify: ExpressionMacro {
  static func expansion(
    of node: some FreestandingMacroExpansionSyntax, in context: some MacroExpansionContext
  ) -> ExprSyntax {
    guard let argument = node.arguments.first?.expression else { fatalError("no argument") }
    return "(\(argument), \(literal: argument.description))"
  }
}

@main struct Plugin: CompilerPlugin {
  let providingMacros: [any Macro.Type] = [Stringify.self]
}
