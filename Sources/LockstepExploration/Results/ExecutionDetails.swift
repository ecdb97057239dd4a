internal import CLockstepRuntime
internal import Glibc
internal import LockstepEngine
internal import LockstepReport

/// Names, places and values of one detailed execution, taken while its memory is still there.
struct ExecutionDetails {
  /// Names of the threads, by their number; of the runners, where tasks run.
  let threads: [String]
  let runners: Runners?
  let output: String
  private let descriptions: [EventDescription]
  private let blocked: [EventDescription]
  private let errors: [String]
  private let stacks: [[UInt]]
  private let blockedStacks: [[UInt]]
  private let symbolizer: Symbolizer

  init(_ execution: Execution, native: NativeExploration, symbolizer: Symbolizer) {
    let events = Array(native.events)
    let blocked = Array(native.blocked)
    let stacks = events.map { native.stack($0.stack) }
    let blockedStacks = blocked.map { native.stack($0.stack) }
    self.stacks = stacks
    self.blockedStacks = blockedStacks
    self.symbolizer = symbolizer
    symbolizer.prepare(returnAddresses: (stacks + blockedStacks).joined())
    let frames = stacks.map { Self.userFrame(of: $0, symbolizer) }
    let blockedFrames = blockedStacks.map { Self.userFrame(of: $0, symbolizer) }
    let names = Self.names(
      events.map { ($0.object, $0.kind) } + blocked.map { ($0.object, $0.kind) }
        + events.map {
          ($0.kind == UInt8(LKS_WAIT.rawValue) ? $0.other : 0, UInt8(LKS_LOCK.rawValue))
        },
      frames: frames + blockedFrames + frames, native: native, symbols: symbolizer.symbols)
    descriptions = zip(events.indices, frames).map { index, frame in
      Self.description(of: events[index], frame: frame, name: names[index])
    }
    self.blocked = zip(blocked.indices, blockedFrames).map { index, frame in
      EventDescription(
        object: names[events.count + index]?.text, location: frame?.location,
        function: frame?.function)
    }
    errors = events.map { event in
      UInt32(event.kind) == LKS_THROW.rawValue
        ? String(cString: lks_errorText(native.handle, event.value)) : ""
    }
    output = native.output
    runners = Runners(execution)
    let shown = runners.map { execution.shown(by: $0) } ?? execution
    threads = ThreadNames.names(
      events: shown.trace.map { ($0.thread, !$0.kind.isAnnotation) }
        + shown.blocked.map { ($0.thread, true) },
      frames: frames + blockedFrames,
      own: (runners?.firstThreads ?? (0..<UInt8(native.threadCount)).map { ThreadID($0) }).map {
        String(cString: lks_threadName(native.handle, UInt32($0.rawValue)))
      })
  }

  func description(of index: Int) -> EventDescription { descriptions[index] }

  /// The program counter of an event, in the innermost call of the person's own code.
  func address(of index: Int) -> UInt { Self.userAddress(in: stacks[index], symbolizer) }

  func address(ofBlocked index: Int) -> UInt {
    Self.userAddress(in: blockedStacks[index], symbolizer)
  }

  /// The calls that led to an event, in files of the program, innermost first.
  func calls(of index: Int) -> [SourceFrame] {
    let frames = stacks[index].flatMap { symbolizer.frames(atReturnAddress: $0) }
    let own = frames.prefix { !$0.isOurs }.filter { !$0.isAccessor }
    let present = own.filter(\.isUserCode)
    return present.isEmpty ? own.filter(\.isOfAbsentFile) : present
  }

  func description(ofBlocked index: Int) -> EventDescription { blocked[index] }

  /// What was thrown at an annotation `throwError`.
  func error(at index: Int) -> String { errors[index].isEmpty ? "an error" : errors[index] }

  /// The innermost frame in the person's own source, past accessors that the compiler wrote; one without
  /// a place where there is none.
  private static func userFrame(of stack: [UInt], _ symbolizer: Symbolizer) -> SourceFrame? {
    var accessor: SourceFrame?
    var absent: SourceFrame?
    for address in stack {
      for frame in symbolizer.frames(atReturnAddress: address) where !frame.isOurs {
        if frame.isOfAbsentFile { absent = absent ?? frame }
        guard frame.isUserCode else { continue }
        guard frame.isAccessor else { return frame }
        accessor = accessor ?? frame
      }
    }
    accessor = accessor ?? absent
    let innermost = stack.first.flatMap { symbolizer.frames(atReturnAddress: $0).first }
    return accessor ?? (innermost?.isOurs == true ? nil : innermost)
  }

  private static func userAddress(in stack: [UInt], _ symbolizer: Symbolizer) -> UInt {
    let frame = userFrame(of: stack, symbolizer)
    return stack.first { address in
      symbolizer.frames(atReturnAddress: address).contains { $0 == frame }
    } ?? 0
  }

  private static func names(
    _ objects: [(object: UInt64, kind: UInt8)], frames: [SourceFrame?],
    native: NativeExploration, symbols: ImageSymbols
  ) -> [ObjectName?] {
    var order: [UInt64] = []
    var places: [UInt64: NamedPlace] = [:]
    for ((object, kind), frame) in zip(objects, frames) {
      let address = lks_addressOf(native.handle, object)
      guard address != 0 else { continue }
      if places[object] == nil {
        order.append(object)
        places[object] = NamedPlace(
          address: UInt(address), block: native.heapBlock(of: UInt(address)),
          isLock: kind >= UInt8(LKS_LOCK.rawValue) && kind <= UInt8(LKS_SEMAPHORE_SIGNAL.rawValue))
      }
      if let frame { places[object]?.accesses.append(frame) }
    }
    let names = ObjectNames(liveBlocks: native.heapBlocks, symbols: symbols)
      .names(of: order.compactMap { places[$0] })
    let byObject = Dictionary(uniqueKeysWithValues: zip(order, names))
    return objects.map { object, kind in
      if kind == UInt8(LKS_OUTPUT.rawValue) { return streamName(object) }
      return dispatchName(of: object, kind, native: native) ?? byObject[object]
    }
  }

  /// What a queue or a group is called; nil for what is neither.
  private static func dispatchName(
    of object: UInt64, _ kind: UInt8, native: NativeExploration
  ) -> ObjectName? {
    switch UInt32(kind) {
    case LKS_CALL.rawValue, LKS_SHARED_CALL.rawValue, LKS_AWAIT.rawValue: break
    default: return nil
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      guard let start = text.baseAddress,
        lks_dispatchName(native.handle, object, start, text.count)
      else { return nil }
      return ObjectName(text: String(cString: start))
    }
  }

  private static func streamName(_ object: UInt64) -> ObjectName {
    switch object {
    case UInt64(UInt(bitPattern: stdout)), UInt64(STDOUT_FILENO) + 1:
      ObjectName(text: "standard output")
    case UInt64(UInt(bitPattern: stderr)), UInt64(STDERR_FILENO) + 1:
      ObjectName(text: "standard error")
    default: ObjectName(text: "a file")
    }
  }

  private static func description(
    of event: LKSEvent, frame: SourceFrame?, name: ObjectName?
  ) -> EventDescription {
    if let call = Event(event).taskCall {
      return EventDescription(
        value: call.phrase, location: frame?.location, function: frame?.function)
    }
    let hasValue =
      event.flags & UInt8(LKS_HAS_VALUE.rawValue) != 0
      && event.kind != UInt8(LKS_OPAQUE_READ_WRITE.rawValue)
    return EventDescription(
      object: name?.text,
      value: hasValue
        ? ValueText.text(raw: event.value, size: Int(event.size), type: name?.type)
        : Event(event).dispatchCall?.verb,
      location: frame?.location, function: frame?.function)
  }
}

extension SourceFrame {
  /// Whether it belongs to what runs the program's code rather than to the program.
  var isOurs: Bool {
    guard let file = location?.file else { return false }
    return ["/Lockstep/", "/LockstepExploration/", "/CLockstepRuntime/"]
      .contains { file.contains("/Sources" + $0) }
  }

  /// Whether it is a getter or the like, whose line is only the property's declaration.
  var isAccessor: Bool {
    guard let function else { return false }
    return [".getter", ".setter", ".modify", ".modify2", ".read", ".read2", ".unsafeAddressor"]
      .contains { function.hasSuffix($0) }
  }
}

extension NativeExploration {
  /// The allocation of the last execution that holds an address.
  func heapBlock(of address: UInt) -> HeapBlock? {
    var base: UInt = 0
    var size = 0
    guard lks_heapBlock(handle, address, &base, &size) else { return nil }
    return HeapBlock(base: base, size: UInt(size))
  }

  /// All allocations of the last execution, freed ones too: their contents are still there.
  var heapBlocks: [HeapBlock] {
    final class Blocks {
      var all: [HeapBlock] = []
    }
    let blocks = Blocks()
    lks_forEachHeapBlock(
      handle,
      { base, size, argument in
        guard let argument else { return }
        Unmanaged<Blocks>.fromOpaque(argument).takeUnretainedValue().all
          .append(HeapBlock(base: UInt(base), size: UInt(size)))
      }, Unmanaged.passUnretained(blocks).toOpaque())
    return blocks.all
  }
}
