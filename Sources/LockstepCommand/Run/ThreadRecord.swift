internal import CLockstepWatch
import Foundation
import LockstepReport

/// What the library noted about a thread: a copy of an `LKWThread`.
struct ThreadRecord: Equatable {
  enum Kind: UInt, Equatable {
    case mutex, reading, writing, semaphore, condition, join, futex, queue
  }

  struct Object: Hashable {
    var address: UInt
    var kind: Kind

    init(address: UInt, kind: Kind) {
      self.address = address
      self.kind = kind
    }

    /// The kind is in the low bits of the address.
    init(word: UInt64) {
      let word = UInt(word)
      address = word & ~7
      kind = Kind(rawValue: word & 7) ?? .futex
    }
  }

  struct Hold: Equatable {
    var object: Object
    /// Return addresses, the innermost first.
    var callers: [UInt]
  }

  var thread: Int32
  /// In the order in which the threads were first seen, from 1.
  var number: Int
  /// What it went to last.
  var object: Object
  /// The frame of the library's function that it called.
  var frame: UInt
  /// The call around that, such as a `sync`, if any.
  var outer: Object?
  var outerFrame: UInt
  var holds: [Hold]
  /// Some of what it holds is not in `holds`.
  var holdsMore: Bool
  var handle: UInt
  /// The function that the thread was started with.
  var start: UInt
  var hasEnded: Bool
  /// In a forked child: the thread exists in the parent only.
  var stayedInParent: Bool
  var name: String

  init(thread: Int32, number: Int) {
    self.thread = thread
    self.number = number
    object = Object(address: 0, kind: .mutex)
    (frame, outerFrame, handle, start) = (0, 0, 0, 0)
    (holds, holdsMore, hasEnded, stayedInParent, name) = ([], false, false, false, "")
  }

  init(_ record: LKWThread) {
    self.init(thread: Int32(bitPattern: record.thread), number: Int(record.number))
    object = Object(word: record.object)
    frame = UInt(record.frame)
    if record.outerObject != 0 { outer = Object(word: record.outerObject) }
    outerFrame = UInt(record.outerFrame)
    let depth = min(Int(record.depth), Int(LKW_HOLDS))
    holds = withUnsafeBytes(of: record.holds) { bytes in
      bytes.bindMemory(to: LKWHold.self).prefix(depth).map { hold in
        let callers = [hold.callers.0, hold.callers.1, hold.callers.2]
        return Hold(
          object: Object(word: hold.object), callers: callers.prefix { $0 != 0 }.map { UInt($0) })
      }
    }
    holdsMore = record.lost > 0
    handle = UInt(record.handle)
    start = UInt(record.start)
    hasEnded = record.hasEnded != 0
    stayedInParent = record.stayedInParent != 0
    name = withUnsafeBytes(of: record.name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// Everything that the library noted in one process.
struct WatchTable: Equatable {
  /// Threads that exist, by id.
  var threads: [Int32: ThreadRecord] = [:]
  /// Threads that ended, or stayed in the parent, and held something.
  var gone: [ThreadRecord] = []
  /// Objects that one thread takes and another gives back: no locks.
  var handedOver: Set<ThreadRecord.Object> = []
  /// Not everything found room.
  var isIncomplete = false
  /// libdispatch may wake threads for events or at times that the program asked for.
  var usesDispatchEvents = false
  /// Semaphores that CPython took have a line of Python.
  var hasPythonPlaces = false
  /// The signal upon which Python stacks are written down.
  var pythonSignal: Int32?

  init() {}

  /// - Returns: nil when there is no table of that process at the address.
  init?(of process: Int32, at address: UInt) {
    let memory = ProcessMemory(process: process)
    guard let table: LKWTable = memory.load(address), table.magic == UInt64(LKW_MAGIC),
      table.process == UInt32(process)
    else { return nil }
    isIncomplete = table.isIncomplete != 0
    usesDispatchEvents = table.usesDispatchEvents != 0
    hasPythonPlaces = table.pythonVersion != 0
    if table.pythonSignal != 0 { pythonSignal = Int32(table.pythonSignal) }
    var chunk = UInt(table.firstChunk)
    while chunk != 0, let next = memory.value(at: chunk, as: UInt.self) {
      let start = chunk + UInt(MemoryLayout<LKWChunk>.offset(of: \.threads) ?? 64)
      let size = MemoryLayout<LKWThread>.stride
      let bytes = memory.bytes(at: start, count: size * Int(LKW_CHUNK_THREADS)) ?? []
      bytes.withUnsafeBytes { bytes in
        for offset in stride(from: 0, to: bytes.count, by: size) {
          // A whole record of plain integers lies at each multiple of its size.
          let record = bytes.loadUnaligned(fromByteOffset: offset, as: LKWThread.self)
          if record.thread != 0 { add(ThreadRecord(record)) }
        }
      }
      chunk = next
    }
    let words =
      memory.bytes(at: UInt(table.handedOver), count: Int(LKW_HANDED_OVER) * 8) ?? []
    words.withUnsafeBytes { bytes in
      for word in bytes.bindMemory(to: UInt64.self) where word > 1 {
        handedOver.insert(ThreadRecord.Object(word: word))
      }
    }
  }

  private mutating func add(_ record: ThreadRecord) {
    if record.hasEnded || record.stayedInParent {
      gone.append(record)
    } else {
      threads[record.thread] = record
    }
  }

  /// Threads, gone ones included, that hold an object and did not hand it on.
  func holders(of object: ThreadRecord.Object) -> [Int32] {
    (Array(threads.values) + gone).filter { $0.holds.contains { $0.object == object } }
      .map(\.thread).sorted()
  }
}

extension ProcessMemory {
  /// A C structure of plain integers at an address.
  func load<Structure: BitwiseCopyable>(_ address: UInt) -> Structure? {
    bytes(at: address, count: MemoryLayout<Structure>.size)?.withUnsafeBytes {
      $0.loadUnaligned(as: Structure.self)
    }
  }
}
