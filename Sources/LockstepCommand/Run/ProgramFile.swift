internal import CLockstepWatch
import Foundation

/// The file that a person wants to run: what can be known before it runs.
struct ProgramFile: Equatable {
  let path: String
  /// Why the library cannot be put into it, if so.
  let obstacle: Obstacle?

  enum Obstacle: String, Equatable {
    case isStatic = "it is linked statically"
    case changesUser = "it runs with another user's or group's rights"
    case hasOtherLibrary = "it uses another C library than glibc"
    case isForeign = "it is no program for Linux on x86-64"
  }

  /// Finds a program as a shell does.
  ///
  /// - Parameters:
  ///   - name: a path, or a name to be found by `searchPath`.
  ///   - searchPath: the variable PATH.
  /// - Throws: `CommandError` when there is no such program.
  init(named name: String, searchPath: String) throws {
    guard !name.isEmpty else { throw CommandError.noProgram(name: name) }
    // A file here that PATH does not lead to is what people mean who forget './'.
    let found = name.contains("/") ? name : Toolchain.locate(name, path: searchPath)
    guard let path = found ?? (access(name, F_OK) == 0 ? "./\(name)" : nil) else {
      throw CommandError.noProgram(name: name)
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw CommandError.noProgram(name: name) }
    guard status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
      throw CommandError.notExecutable(path: path)
    }
    self.path = path
    obstacle = try Self.obstacle(of: path, mode: status.st_mode, depth: 0)
  }

  /// Whether it was linked to Lockstep's own code, which then is the runtime.
  var linksLockstep: Bool {
    let file = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    return file?.range(of: Data("lks_explorePrograms\0".utf8)) != nil
  }

  private static func obstacle(of path: String, mode: mode_t, depth: Int) throws -> Obstacle? {
    guard let file = FileHandle(forReadingAtPath: path) else {
      // It runs without being readable; what it is, shows then.
      return mode & (S_ISUID | S_ISGID) != 0 ? .changesUser : nil
    }
    defer { try? file.close() }
    let start = [UInt8]((try? file.read(upToCount: 65536)) ?? Data())
    if start.starts(with: "#!".utf8) {
      // The kernel follows four of them: see execve(2).
      guard let interpreter = interpreter(in: start), depth < 5 else {
        throw CommandError.notExecutable(path: path)
      }
      var status = stat()
      guard stat(interpreter, &status) == 0 else {
        throw CommandError.noInterpreter(path: path, interpreter: interpreter)
      }
      return try obstacle(of: interpreter, mode: status.st_mode, depth: depth + 1)
    }
    guard start.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
      throw CommandError.notExecutable(path: path)
    }
    guard start.count > 64, start[4] == 2, start[5] == 1, start[18] == 62, start[19] == 0 else {
      return .isForeign
    }
    let changesUser =
      mode & (S_ISUID | S_ISGID) != 0 || lkw_hasCapabilities(path)
    if changesUser { return .changesUser }
    guard let linker = dynamicLinker(start) else { return .isStatic }
    return linker.contains("musl") ? .hasOtherLibrary : nil
  }

  private static func interpreter(in start: [UInt8]) -> String? {
    let line = start.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
    return String(decoding: line, as: UTF8.self).split(whereSeparator: { " \t\r".contains($0) })
      .first.map(String.init)
  }

  /// `PT_INTERP` names the dynamic linker, which is who reads LD_PRELOAD: see elf(5).
  private static func dynamicLinker(_ start: [UInt8]) -> String? {
    start.withUnsafeBytes { bytes in
      let offset = Int(clamping: bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
      let size = Int(bytes.loadUnaligned(fromByteOffset: 54, as: UInt16.self))
      let count = Int(bytes.loadUnaligned(fromByteOffset: 56, as: UInt16.self))
      for index in 0..<count {
        let header = offset &+ index * size
        guard header >= 0, header <= bytes.count - 56,
          bytes.loadUnaligned(fromByteOffset: header, as: UInt32.self) == 3
        else { continue }
        let name = Int(clamping: bytes.loadUnaligned(fromByteOffset: header + 8, as: UInt64.self))
        return String(decoding: bytes.dropFirst(name).prefix { $0 != 0 }, as: UTF8.self)
      }
      return nil
    }
  }
}
