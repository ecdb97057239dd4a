/// Vector clocks, one row each, addressed by index, appended, and taken back from the end.
///
/// A row has a number for each thread. To append or join one costs a few machine instructions for
/// every eight threads.
struct ClockRows: ~Copyable, Sendable {
  typealias Lanes = SIMD8<UInt32>

  /// Vectors of a row: room for more than any thread's number.
  private var width = 1
  private var values = Stack<Lanes>()
  private(set) var count = 0

  /// A thread's number in a row.
  func value(_ row: Int, _ thread: Int) -> UInt32 {
    let vector = thread >> 3
    return vector < width ? values[row &* width &+ vector][thread & 7] : 0
  }

  mutating func set(_ row: Int, _ thread: Int, to value: UInt32) {
    if thread >> 3 >= width { widen(to: thread >> 3 + 1) }
    values[row &* width &+ thread >> 3][thread & 7] = value
  }

  /// Visits the numbers of a row that are not zero, with their threads, in order.
  func forEachNonzero(_ row: Int, _ visit: (_ thread: Int, _ value: UInt32) -> Void) {
    for vector in 0..<width {
      let lanes = values[row &* width &+ vector]
      for lane in lanes.indices where lanes[lane] != 0 { visit(vector * 8 + lane, lanes[lane]) }
    }
  }

  mutating func truncate(to count: Int) { self.count = count }

  /// Adds a row of zeros.
  mutating func append() -> Int {
    let row = makeRow()
    for vector in 0..<width { values[row &* width &+ vector] = Lanes() }
    return row
  }

  /// Adds a row that is as another.
  mutating func append(copyOf source: Int) -> Int {
    let row = makeRow()
    let (to, from) = (row &* width, source &* width)
    for vector in 0..<width { values[to &+ vector] = values[from &+ vector] }
    return row
  }

  /// Makes a row the greater of itself and another, number by number.
  mutating func join(_ source: Int, into row: Int) {
    let (to, from) = (row &* width, source &* width)
    for vector in 0..<width {
      values[to &+ vector] = pointwiseMax(values[to &+ vector], values[from &+ vector])
    }
  }

  private mutating func makeRow() -> Int {
    if values.count < (count + 1) * width { values.append(repeating: Lanes(), count: width) }
    count += 1
    return count - 1
  }

  private mutating func widen(to wider: Int) {
    var widened = Stack<Lanes>(repeating: Lanes(), count: count * wider)
    for row in 0..<count {
      for vector in 0..<width { widened[row * wider + vector] = values[row &* width &+ vector] }
    }
    values = widened
    width = wider
  }
}
