internal import CLockstepWatch
import Foundation

/// Memory that watched processes write themselves into, without inheriting anything.
///
/// They open it by its descriptor in this process, `/proc/PID/fd/N`, and close it again. It has no
/// name, so that it goes with this process, however that ends.
struct Registry {
  private let file: Int32
  /// Python's stacks are written here.
  private let pythonFile: Int32
  private let memory: UnsafeMutableRawPointer

  init() throws {
    file = try Self.makeFile("lockstep-registry")
    pythonFile = try Self.makeFile("lockstep-python")
    let size = MemoryLayout<LKWRegistry>.size + Int(LKW_PROCESSES) * MemoryLayout<LKWProcess>.size
    guard ftruncate(file, size) == 0,
      let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
      memory != MAP_FAILED
    else { throw CommandError.cannotWatch(reason: String(cString: strerror(errno))) }
    self.memory = memory
    memory.bindMemory(to: LKWRegistry.self, capacity: 1).pointee.magic = UInt64(LKW_MAGIC)
  }

  private static func makeFile(_ name: String) throws -> Int32 {
    let file = lkw_memoryFile(name)
    guard file >= 0 else {
      throw CommandError.cannotWatch(reason: String(cString: strerror(errno)))
    }
    return file
  }

  /// What the library reads to find this memory.
  var environment: [String: String] {
    [
      "LOCKSTEP_WATCH": "/proc/\(getpid())/fd/\(file)",
      "LOCKSTEP_WATCH_PYTHON": "/proc/\(getpid())/fd/\(pythonFile)",
    ]
  }

  private var header: UnsafeMutablePointer<LKWRegistry> {
    memory.assumingMemoryBound(to: LKWRegistry.self)
  }

  /// How many processes ever wrote themselves in.
  var count: Int { Int(header.pointee.count) }

  /// Where the tables of processes are, by process; some may be gone.
  var tables: [Int32: UInt] {
    let entries = (memory + MemoryLayout<LKWRegistry>.size)
      .assumingMemoryBound(to: LKWProcess.self)
    var tables: [Int32: UInt] = [:]
    let count = count
    for index in max(0, count - Int(LKW_PROCESSES))..<count {
      let entry = entries[index % Int(LKW_PROCESSES)]
      // A later entry of the process is that of the program that it became.
      if entry.table != 0 { tables[Int32(bitPattern: entry.process)] = UInt(entry.table) }
    }
    return tables
  }

  /// What the library noted before another library ended the process for it.
  struct Note {
    struct Thread {
      var id: Int32
      var object: UInt
      /// Return addresses, as offsets in files.
      var callers: [(file: String, offset: UInt)]
    }

    enum Kind {
      /// A `sync` onto a queue whose work the thread runs; the label may be empty.
      case ownQueue(label: String)
      /// Each thread waits for the mutex of the next, and the last for that of the first.
      case mutexCycle
    }

    var process: Int32
    var kind: Kind
    var threads: [Thread]
  }

  var note: Note? {
    let note = header.pointee.note
    guard note.process != 0 else { return nil }
    let label = withUnsafeBytes(of: note.queue) { text($0) }
    let threads = withUnsafeBytes(of: note.threads) { bytes in
      bytes.bindMemory(to: LKWNoteThread.self).prefix(Int(note.threadCount)).map { thread in
        Note.Thread(
          id: Int32(bitPattern: thread.thread), object: UInt(thread.object),
          callers: withUnsafeBytes(of: thread.frames) { bytes in
            bytes.bindMemory(to: LKWNoteFrame.self).prefix(Int(thread.frameCount)).map {
              (withUnsafeBytes(of: $0.image) { text($0) }, UInt($0.offset))
            }
          })
      }
    }
    return Note(
      process: Int32(bitPattern: note.process),
      kind: note.kind == UInt32(LKW_NOTE_OWN_QUEUE)
        ? .ownQueue(label: label) : .mutexCycle,
      threads: threads)
  }

  private func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// What processes wrote about their Python stacks since the last time.
  func takePythonText() -> String {
    let size = lseek(pythonFile, 0, SEEK_END)
    guard size > 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    let count = pread(pythonFile, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  func clearPythonText() { _ = ftruncate(pythonFile, 0) }
}
