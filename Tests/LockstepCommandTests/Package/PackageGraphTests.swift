import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `The packages that a package is made of` {
  private func package(_ name: String, path: String? = nil, _ dependencies: String...) -> String {
    """
    {"identity": "\(name)", "name": "\(name)", "path": "\(path ?? "/\(name)")", \
    "dependencies": [\(dependencies.joined(separator: ", "))]}
    """
  }

  private var lockstep: String {
    package("lockstep", package("swift-argument-parser"), package("swift-collections"))
  }

  private func graph(_ json: String) throws -> PackageGraph {
    try PackageGraph(json: Data(json.utf8))
  }

  @Test func `what only Lockstep needs is bare`() throws {
    let graph = try graph(package("app", lockstep, package("swift-log")))
    #expect(graph.containsLockstep)
    #expect(graph.foldersOnlyLockstepNeeds == ["/swift-argument-parser", "/swift-collections"])
  }

  @Test func `what the person declares too is the person's`() throws {
    let graph = try graph(package("app", lockstep, package("swift-collections")))
    #expect(graph.foldersOnlyLockstepNeeds == ["/swift-argument-parser"])
  }

  @Test func `what a dependency of the person's needs is the person's`() throws {
    let server = package("server", package("swift-collections"), lockstep)
    let graph = try graph(package("app", server))
    #expect(graph.containsLockstep)
    #expect(graph.foldersOnlyLockstepNeeds == ["/swift-argument-parser"])
  }

  @Test func `a clone may lie in a folder of any name`() throws {
    let clone = """
      {"identity": "main", "name": "lockstep", "path": "/main", \
      "dependencies": [\(package("swift-collections"))]}
      """
    let graph = try graph(package("app", clone))
    #expect(graph.containsLockstep)
    #expect(graph.foldersOnlyLockstepNeeds == ["/swift-collections"])
  }

  @Test func `Lockstep may test itself`() throws {
    let graph = try graph(lockstep)
    #expect(graph.containsLockstep)
    #expect(graph.foldersOnlyLockstepNeeds == ["/swift-argument-parser", "/swift-collections"])
  }

  @Test func `a package without Lockstep is told apart`() throws {
    #expect(try !graph(package("app", package("swift-collections"))).containsLockstep)
  }

  @Test func `warnings may come first`() throws {
    #expect(try graph("warning: something\n" + package("app", lockstep)).root.name == "app")
  }

  @Test func `anything else is an error`() {
    #expect(throws: CommandError.unreadableGraph(output: "No dependencies")) {
      try PackageGraph(json: Data("No dependencies".utf8))
    }
  }
}
