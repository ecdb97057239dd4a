import Foundation
import PackagePlugin

@main struct GeneratePlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let file = context.pluginWorkDirectoryURL.appending(path: "Generated.swift")
    return [
      .buildCommand(
        displayName: "generate", executable: try context.tool(named: "Generate").url,
        arguments: [file.path], outputFiles: [file])
    ]
  }
}
