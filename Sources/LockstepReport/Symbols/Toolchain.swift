import Glibc

/// Where the programs of the Swift toolchain in use are.
package struct Toolchain: Sendable {
  /// Folders to look in, the best first.
  package var folders: [String]

  package init(folders: [String]) { self.folders = folders }

  /// The folder of the `swift` on the path, that of the libswiftCore in use, then the path.
  ///
  /// - Parameter path: instead of the variable `PATH`.
  /// - Returns: folders that need not exist.
  package static func current(path: String? = nil) -> Toolchain {
    let variable = path ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let folders = variable.split(separator: ":").map(String.init)
    let swift = folders.lazy.map { $0 + "/swift" }.first { access($0, X_OK) == 0 }
    let core = LoadedImages.current().images.first { $0.path.hasSuffix("/libswiftCore.so") }
    let beside = [
      swift.flatMap(realPath).map(parent),
      core.map { parent(parent(parent(parent($0.path)))) + "/bin" },
    ]
    return Toolchain(folders: beside.compactMap { $0 } + folders + ["/usr/bin"])
  }

  /// The first of the folders' programs with that name.
  package func program(_ name: String) -> String? {
    folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// `llvm-symbolizer`, or one that carries its version in its name.
  package var symbolizer: String? {
    program("llvm-symbolizer")
      ?? (13...30).reversed().lazy.compactMap { program("llvm-symbolizer-\($0)") }.first
  }

  private static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
