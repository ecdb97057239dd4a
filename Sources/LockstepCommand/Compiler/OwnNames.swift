import Glibc
import LockstepReport

/// What a program defines under names of the C library, for itself and not in the library's place.
///
/// The linker exports a name that a library needs: the runtime and Swift's libraries, which a program
/// would not be linked to otherwise, would call the program's own `read`. A symbol that is hidden is
/// passed over by the dynamic linker, while the program's own calls were bound when it was linked.
enum OwnNames {
  /// What a program may well replace for everybody, with `malloc` and `free` among it.
  private static let allocator: Set = [
    "malloc", "calloc", "realloc", "reallocarray", "free", "cfree", "aligned_alloc", "memalign",
    "posix_memalign", "valloc", "pvalloc", "malloc_usable_size",
  ]

  /// Hides them in a program that was just linked.
  ///
  /// - Throws: `CommandError` when the file cannot be written.
  static func hide(in program: String) throws {
    // Where the runtime is in the program itself, as in a test bundle, its names are for everybody.
    guard let table = ELFDynamicSymbols(path: program),
      !table.sections.contains("lockstep_runtime"),
      case let symbols = table.defined,
      // The interceptors of a sanitizer that is linked into the program are for everybody.
      !symbols.contains(where: { $0.name.hasPrefix("__sanitizer_") })
    else { return }
    let names = Set(symbols.map(\.name))
    let kept = names.isSuperset(of: ["malloc", "free"]) ? allocator : []
    let own = symbols.filter { !kept.contains($0.name) && isOfCLibrary($0.name) }
    guard !own.isEmpty else { return }
    let file = open(program, O_WRONLY | O_CLOEXEC)
    defer { if file >= 0 { close(file) } }
    // STV_HIDDEN.
    var visibility: UInt8 = 2
    for symbol in own {
      guard file >= 0, pwrite(file, &visibility, 1, symbol.visibilityOffset) == 1 else {
        throw CommandError.cannotWrite(path: program, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// Whether the libraries define a name that every program is linked to.
  private static func isOfCLibrary(_ name: String) -> Bool {
    ["libc.so.6", "libm.so.6"].contains { library in
      guard let handle = dlopen(library, RTLD_LAZY) else { return false }
      defer { dlclose(handle) }
      return dlsym(handle, name) != nil
    }
  }
}
