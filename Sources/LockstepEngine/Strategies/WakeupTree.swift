/// Storage of wakeup trees: ordered trees of operations, one list of children for each node.
///
/// A wakeup tree holds the beginnings of executions that are still to be explored from a state.
/// All trees of an exploration share one pool of nodes, addressed by index (-1: none), which keeps
/// the nodes that were freed. Lists of sleeping operations are kept in the same pool.
/// (Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 2017, section 6.)
struct WakeupTree: ~Copyable, Sendable {
  struct Node: BitwiseCopyable, Sendable {
    var operation: Operation
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
  }

  /// How an operation that could take the first step stands to a sequence from the same state.
  enum Relation {
    /// It is in the sequence at this place, and nothing before it there depends on it.
    case initial(Int)
    /// It is not in the sequence, and nothing there depends on it.
    case independent
    /// What is in the sequence at this place has to come before it.
    case dependent(Int)
  }

  /// Whether a sequence is covered by what is explored or planned.
  enum Coverage {
    /// It is, or is now, and the latest step that had to be known for it; nil if that is all of it.
    case decided(by: Int32?)
    /// That depends on how it goes on.
    case undecided
  }

  /// An operation of a sequence that is asked for, and the step of the history that it is.
  struct Requested: BitwiseCopyable, Sendable {
    var operation: Operation
    var step: Int32
  }

  private(set) var nodes = Stack<Node>()
  private var free: Int32 = -1
  /// Lists that are still to be freed, while one is.
  private var postponed = Stack<Int32>()
  /// Nodes in use.
  private(set) var count = 0

  static func relation(of operation: Operation, to sequence: borrowing Stack<Requested>) -> Relation
  {
    for index in sequence.indices {
      let other = sequence[index].operation
      if other.thread == operation.thread { return .initial(index) }
      if Independence.areDependent(other, operation) { return .dependent(index) }
    }
    return .independent
  }

  mutating func makeNode(_ operation: Operation, nextSibling: Int32 = -1) -> Int32 {
    count += 1
    guard free >= 0 else {
      nodes.append(Node(operation: operation, nextSibling: nextSibling))
      return Int32(nodes.count - 1)
    }
    let index = free
    free = nodes[Int(index)].nextSibling
    nodes[Int(index)] = Node(operation: operation, nextSibling: nextSibling)
    return index
  }

  /// Frees one node; its children are left to the caller.
  mutating func release(_ index: Int32) {
    count -= 1
    nodes[Int(index)].nextSibling = free
    free = index
  }

  /// Frees a list of nodes and all below.
  ///
  /// Without recursion: a branch can be as deep as an execution is long.
  mutating func releaseAll(_ first: Int32) {
    var next = first
    while next >= 0 || !postponed.isEmpty {
      guard next >= 0 else {
        next = postponed.removeLast()
        continue
      }
      let node = nodes[Int(next)]
      if node.firstChild >= 0, node.nextSibling >= 0 { postponed.append(node.nextSibling) }
      release(next)
      next = node.firstChild >= 0 ? node.firstChild : node.nextSibling
    }
  }

  /// Takes the first node out of a list, and gives its operation and its list of children.
  mutating func removeFirst(of list: inout Int32) -> (operation: Operation, children: Int32) {
    let index = list
    let node = nodes[Int(index)]
    list = node.nextSibling
    release(index)
    return (node.operation, node.firstChild)
  }

  /// Adds a sequence to the tree whose root has the children `list`.
  ///
  /// Does nothing if some leaf's sequence can go on to a trace that starts with it. Otherwise a
  /// branch is added at the right, after as much of the tree as can come first. The sequence is used
  /// up. If more of it is to come (not `isWhole`), and what to do depends on that, this is undecided
  /// and the tree as it was.
  mutating func insert(
    _ sequence: inout Stack<Requested>, into list: inout Int32, isWhole: Bool, support: Int32
  ) -> Coverage {
    var parent: Int32 = -1
    var support: Int32? = support
    while !sequence.isEmpty {
      var child = parent < 0 ? list : nodes[Int(parent)].firstChild
      var last: Int32 = -1
      search: while child >= 0 {
        switch Self.relation(of: nodes[Int(child)].operation, to: sequence) {
        case .initial(let place):
          support = support.map { max($0, sequence[place].step) }
          sequence.remove(at: place)
          break search
        case .independent:
          guard isWhole else { return .undecided }
          support = nil
          break search
        case .dependent(let place):
          support = support.map { max($0, sequence[place].step) }
          last = child
          child = nodes[Int(child)].nextSibling
        }
      }
      guard child >= 0 else {
        let branch = makeBranch(sequence)
        if last >= 0 {
          nodes[Int(last)].nextSibling = branch
        } else if parent >= 0 {
          nodes[Int(parent)].firstChild = branch
        } else {
          list = branch
        }
        return .decided(by: nil)
      }
      guard nodes[Int(child)].firstChild >= 0 else { return .decided(by: support) }
      parent = child
    }
    // The tree goes on after all of the sequence: it is the beginning of a branch.
    return isWhole ? .decided(by: nil) : .undecided
  }

  private mutating func makeBranch(_ sequence: borrowing Stack<Requested>) -> Int32 {
    var first: Int32 = -1
    for index in sequence.indices.reversed() {
      let node = makeNode(sequence[index].operation)
      nodes[Int(node)].firstChild = first
      first = node
    }
    return first
  }
}
