import Foundation

/// The packages that somebody's package is made of, as `swift package show-dependencies` tells.
struct PackageGraph: Equatable {
  final class Node: Decodable, Equatable {
    let identity: String
    let name: String
    let path: String
    let dependencies: [Node]

    static func == (left: Node, right: Node) -> Bool { left.path == right.path }

    /// The folder a package is cloned into may have any name, its manifest says 'lockstep'.
    var isLockstep: Bool { name == "lockstep" || identity == "lockstep" }
  }

  let root: Node

  /// True for Lockstep itself too: it may test itself.
  var containsLockstep: Bool { !lockstepFolders(from: root).isEmpty }

  /// Folders of the packages that are there for Lockstep alone: nobody looks for races in them.
  var foldersOnlyLockstepNeeds: [String] {
    guard !root.isLockstep else { return root.dependencies.map(\.path).sorted() }
    let needed = folders(from: root, enteringLockstep: false)
    return folders(from: root, enteringLockstep: true).subtracting(needed)
      .subtracting(lockstepFolders(from: root)).sorted()
  }

  /// Asks SwiftPM, which resolves the dependencies where that has not been done.
  ///
  /// - Throws: `CommandError` when they cannot be resolved.
  static func load(for options: PackageOptions, with toolchain: Toolchain) throws -> PackageGraph {
    let (outcome, output) = try ChildProcess.run(
      toolchain.swift,
      arguments: ["package"] + options.location + options.resolution
        + ["show-dependencies", "--format", "json"],
      standardOutput: .captured)
    if let interruption = outcome.interruption { throw interruption }
    guard outcome.isSuccess else { throw CommandError.unresolvedPackage() }
    return try PackageGraph(json: output)
  }

  /// - Throws: `CommandError` when `json` is not what `show-dependencies` prints.
  init(json: Data) throws {
    // Warnings of the resolution may come first.
    let start = json.firstIndex(of: UInt8(ascii: "{")) ?? json.startIndex
    do {
      root = try JSONDecoder().decode(Node.self, from: json[start...])
    } catch {
      let output = String(decoding: json.prefix(200), as: UTF8.self)
      throw CommandError.unreadableGraph(output: output)
    }
  }

  private func folders(from node: Node, enteringLockstep: Bool) -> Set<String> {
    guard enteringLockstep || !node.isLockstep else { return [] }
    return node.dependencies.reduce(into: [node.path]) { folders, dependency in
      folders.formUnion(
        self.folders(from: dependency, enteringLockstep: enteringLockstep))
    }
  }

  private func lockstepFolders(from node: Node) -> Set<String> {
    node.dependencies.reduce(into: node.isLockstep ? [node.path] : []) { folders, dependency in
      folders.formUnion(lockstepFolders(from: dependency))
    }
  }
}
