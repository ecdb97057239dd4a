/// For each object the steps that acted on it, latest first.
///
/// Memory is kept by words of eight bytes; whether two accesses of a word overlap is for the reader
/// to see. An entry is *exclusive* unless its step leaves the object as it is, and is linked to the
/// exclusive one before it, so that a read finds the last write in one step. Everything is flat, and
/// going back to an earlier state undoes what was appended since.
struct AccessChains: ~Copyable, Sendable {
  struct Entry: Sendable, BitwiseCopyable {
    var step: Int32
    var slot: Int32
    /// Index of the entry before it in its chain, or -1.
    var previous: Int32
    /// Index of the latest exclusive entry before it in its chain, or -1.
    var previousExclusive: Int32
    var isExclusive: Bool
  }

  private(set) var entries = Stack<Entry>()
  /// By slot, the index of the latest entry, or -1.
  private(set) var heads = Stack<Int32>()
  /// An open-addressing table from keys (plus one, since 0 stands for a free place) to slots.
  private var keys = Stack<UInt64>(repeating: 0, count: 64)
  private var slots = Stack<Int32>(repeating: 0, count: 64)

  /// The key of the word of memory that holds the byte.
  static func key(ofWord byte: UInt64) -> UInt64 { byte >> 3 }

  /// The keys of the words on which an operation on memory acts.
  static func words(of operation: Operation) -> ClosedRange<UInt64> {
    let first = operation.object.rawValue
    return key(ofWord: first)...key(ofWord: first &+ UInt64(max(operation.size, 1) - 1))
  }

  /// The key of an object that is not memory; no word has it.
  static func key(of object: ObjectID) -> UInt64 { object.rawValue | 1 << 63 }

  /// The slot of a key, a new one the first time.
  ///
  /// Slots stay the same when entries are removed.
  mutating func slot(for key: UInt64) -> Int {
    let stored = key &+ 1
    let mask = keys.count - 1
    var place = Self.place(of: stored, mask: mask)
    while keys[place] != 0 {
      if keys[place] == stored { return Int(slots[place]) }
      place = (place + 1) & mask
    }
    let slot = heads.count
    keys[place] = stored
    slots[place] = Int32(slot)
    heads.append(-1)
    if heads.count * 2 > keys.count { grow() }
    return slot
  }

  /// The latest entry of a key, or -1.
  func head(of key: UInt64) -> Int32 {
    let stored = key &+ 1
    let mask = keys.count - 1
    var place = Self.place(of: stored, mask: mask)
    while keys[place] != 0 {
      if keys[place] == stored { return heads[Int(slots[place])] }
      place = (place + 1) & mask
    }
    return -1
  }

  mutating func append(step: Int, slot: Int, isExclusive: Bool) {
    let head = heads[slot]
    var previousExclusive: Int32 = -1
    if head >= 0 {
      let entry = entries[Int(head)]
      previousExclusive = entry.isExclusive ? head : entry.previousExclusive
    }
    heads[slot] = Int32(entries.count)
    entries.append(
      Entry(
        step: Int32(step), slot: Int32(slot), previous: head,
        previousExclusive: previousExclusive, isExclusive: isExclusive))
  }

  /// Takes back the latest entries, until `count` are left.
  mutating func truncate(to count: Int) {
    while entries.count > count {
      let entry = entries.removeLast()
      heads[Int(entry.slot)] = entry.previous
    }
  }

  private mutating func grow() {
    let mask = keys.count * 2 - 1
    var wider = Stack<UInt64>(repeating: 0, count: mask + 1)
    var widerSlots = Stack<Int32>(repeating: 0, count: mask + 1)
    for index in keys.indices where keys[index] != 0 {
      var place = Self.place(of: keys[index], mask: mask)
      while wider[place] != 0 { place = (place + 1) & mask }
      wider[place] = keys[index]
      widerSlots[place] = slots[index]
    }
    keys = wider
    slots = widerSlots
  }

  private static func place(of stored: UInt64, mask: Int) -> Int {
    Int(truncatingIfNeeded: (stored &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
  }
}
