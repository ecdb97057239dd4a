import LockstepEngine

/// Runs a `Program` one step at a time, as the runtime runs real threads.
struct Machine: Hashable {
  enum Status: Hashable {
    case unborn
    case ready
    case waiting(condition: Int, lock: Int)
    /// Waits for a condition, or was chosen by a signal; either way it can go on.
    case timed(condition: Int, lock: Int, isWoken: Bool)
    case relocking(Int)
    case arrived(Int)
    case ended
  }

  struct Thread: Hashable {
    var status = Status.unborn
    var counter = 0
    var register = 0
    var log: [Int] = []
    var held: Set<Int> = []
    /// Locks that it holds with others, each as often as it took it.
    var shared: [Int] = []
    /// Whether it gave way since its last step.
    var hasYielded = false
    /// Of a `spin` or `poll`: how many steps it took, and the cells that others have stored to since it
    /// looked.
    var looks = 0
    var changed: Set<Int> = []
    /// Of a `poll`: what it read.
    var polled = 0
  }

  let program: Program
  private(set) var memory: [Int]
  private(set) var owners: [Int?] = Array(repeating: nil, count: 8)
  private(set) var semaphores: [Int]
  private(set) var queues: [[Int]] = Array(repeating: [], count: 8)
  /// By condition, for each signal that has woken nobody yet, whom it may wake.
  private(set) var promises: [[Set<Int>]] = Array(repeating: [], count: 8)
  private(set) var threads: [Thread]
  private(set) var initialisers: [Int?] = [nil, nil]
  private(set) var written: [Int] = []
  private(set) var called: [[Int]] = [[], []]
  /// By barrier, the threads that came and wait.
  private(set) var arrivals: [[Int]] = Array(repeating: [], count: 4)
  private(set) var time = 0
  private(set) var completed = [0, 0]

  init(_ program: Program) {
    self.program = program
    memory = Array(repeating: 0, count: program.cellCount)
    semaphores = program.semaphores
    threads = Array(repeating: Thread(), count: program.threads.count)
  }

  static func cell(_ index: Int) -> ObjectID { ObjectID(1 << 60 | 0x1000 + UInt64(index) * 4) }
  static func lock(_ index: Int) -> ObjectID { ObjectID(1 << 60 | 0x2000 + UInt64(index) * 64) }
  static func condition(_ index: Int) -> ObjectID {
    ObjectID(1 << 60 | 0x3000 + UInt64(index) * 64)
  }
  static func semaphore(_ index: Int) -> ObjectID {
    ObjectID(1 << 60 | 0x4000 + UInt64(index) * 64)
  }
  static func once(_ index: Int) -> ObjectID { ObjectID(0x5000 + UInt64(index) * 8) }
  static func library(_ index: Int) -> ObjectID { ObjectID(0x9000 + UInt64(index) * 8) }
  static func completion(_ index: Int) -> ObjectID { ObjectID(0xA000 + UInt64(index) * 8) }
  static let stream = ObjectID(0x6000)
  static func barrier(_ index: Int) -> ObjectID { ObjectID(1 << 60 | 0x7000 + UInt64(index) * 64) }
  static let clock = ObjectID(0x8000)

  /// Starts thread 0; gives its annotations.
  mutating func start() -> [Event] {
    var events: [Event] = []
    begin(0, &events)
    return events
  }

  /// What a thread would do next, with the kind that it would turn out as now.
  func pending(_ number: Int) -> Operation? {
    let thread = threads[number]
    let id = ThreadID(UInt8(number))
    switch thread.status {
    case .unborn, .ended: return nil
    case .waiting(let condition, let lock):
      if canBeWoken(number, condition) {
        return Operation(thread: id, kind: .wake, object: Self.condition(condition))
      }
      return Operation(
        thread: id, kind: .wait, object: Self.condition(condition), other: Self.lock(lock))
    case .relocking(let lock):
      return Operation(thread: id, kind: .lock, object: Self.lock(lock))
    case .timed(let condition, _, _):
      return Operation(
        thread: id, kind: canBeWoken(number, condition) ? .timedWake : .waitEnd,
        object: Self.condition(condition))
    case .arrived(let barrier):
      return Operation(thread: id, kind: .arrive, object: Self.barrier(barrier))
    case .ready:
      let instruction = program.threads[number][thread.counter]
      switch instruction {
      case .spin(let cells): return look(at: cells, id, looks: thread.looks)
      case .poll(let cell, let lock, let isShared):
        return Self.poll(of: cell, lock, isShared: isShared, id, steps: thread.looks)
      default: return operation(instruction, id)
      }
    }
  }

  private func look(at cells: [Int], _ id: ThreadID, looks: Int) -> Operation {
    let awaits = looks >= cells.count
    let other = cells[(looks + 1) % cells.count]
    let watchesOther = awaits && cells.count > 1
    return Operation(
      thread: id, kind: .read, object: Self.cell(cells[looks % cells.count]), size: 4,
      other: watchesOther ? Self.cell(other) : ObjectID(0), awaits: awaits,
      otherSize: watchesOther ? 4 : 0)
  }

  private func operation(_ instruction: Program.Instruction, _ id: ThreadID) -> Operation {
    func access(_ kind: Event.Kind, _ cell: Int, size: UInt32 = 4) -> Operation {
      Operation(thread: id, kind: kind, object: Self.cell(cell), size: size)
    }
    func act(_ kind: Event.Kind, _ object: ObjectID, _ other: ObjectID = ObjectID(0)) -> Operation {
      Operation(thread: id, kind: kind, object: object, other: other)
    }
    switch instruction {
    case .read(let cell), .peek(let cell), .atomicLoad(let cell, _): return access(.read, cell)
    case .write(let cell, _), .store(let cell, _), .atomicStore(let cell, _, _):
      return access(.write, cell)
    case .add(let cell), .compareAndSwap(let cell), .atomicAdd(let cell, _):
      return access(.readModifyWrite, cell)
    case .readPair(let cell): return access(.read, cell & ~1, size: 8)
    case .appendOpaque(let cell): return access(.opaqueReadWrite, cell)
    case .lock(let lock): return act(.lock, Self.lock(lock))
    case .unlock(let lock): return act(.unlock, Self.lock(lock))
    case .tryLock(let lock):
      return act(isFree(lock) ? .tryLock : .tryLockFailed, Self.lock(lock))
    case .lockShared(let lock): return act(.lockShared, Self.lock(lock))
    case .unlockShared(let lock): return act(.unlockShared, Self.lock(lock))
    case .tryLockShared(let lock):
      return act(owners[lock] == nil ? .tryLockShared : .tryLockSharedFailed, Self.lock(lock))
    case .semaphoreTryWait(let index):
      return act(
        semaphores[index] > 0 ? .semaphoreTryWait : .semaphoreTryWaitFailed, Self.semaphore(index))
    case .semaphoreRead(let index): return act(.semaphoreRead, Self.semaphore(index))
    case .arrive(let barrier): return act(.arrive, Self.barrier(barrier))
    case .sleep: return act(.sleep, Self.clock)
    case .readClock: return act(.readClock, Self.clock)
    case .wait(let condition, let lock), .timedWait(let condition, let lock):
      return act(.wait, Self.condition(condition), Self.lock(lock))
    case .signal(let condition): return act(.signal, Self.condition(condition))
    case .broadcast(let condition): return act(.broadcast, Self.condition(condition))
    case .semaphoreWait(let index): return act(.semaphoreWait, Self.semaphore(index))
    case .semaphoreSignal(let index): return act(.semaphoreSignal, Self.semaphore(index))
    case .once(let index): return act(.once, Self.once(index))
    case .output: return act(.output, Self.stream)
    case .call(let index): return act(.call, Self.library(index))
    case .sharedCall(let index): return act(.sharedCall, Self.library(index))
    case .awaitCompletion(let index): return act(.awaitCompletion, Self.completion(index))
    case .join(let other): return act(.join, ObjectID(thread: ThreadID(UInt8(other))))
    case .spin, .poll, .spawn, .endIfZero, .skip, .fence, .yield, .complete:
      preconditionFailure("not a step")
    }
  }

  /// Whether nobody holds a lock, alone or with others.
  private func isFree(_ lock: Int) -> Bool {
    owners[lock] == nil && !threads.contains { $0.shared.contains(lock) }
  }

  func isEnabled(_ number: Int) -> Bool {
    switch threads[number].status {
    case .unborn, .ended, .arrived: return false
    case .waiting(let condition, _): return canBeWoken(number, condition)
    case .timed: return true
    case .relocking(let lock): return isFree(lock)
    case .ready:
      switch program.threads[number][threads[number].counter] {
      case .lock(let lock): return isFree(lock)
      case .lockShared(let lock): return owners[lock] == nil
      case .semaphoreWait(let index): return semaphores[index] > 0
      case .join(let other): return threads[other].status == .ended
      case .awaitCompletion(let index):
        return completed[index] > 0 && completed[index] == partCount(of: index)
      case .spin(let cells):
        let thread = threads[number]
        return thread.looks < cells.count || cells.contains { thread.changed.contains($0) }
      case .poll(let cell, let lock, let isShared):
        let thread = threads[number]
        guard thread.looks % 3 == 0 else { return true }
        let isOpen = isShared ? owners[lock] == nil : isFree(lock)
        return isOpen && (thread.looks == 0 || thread.changed.contains(cell))
      default: return true
      }
    }
  }

  /// Whether a signal has come since a thread waits that is nobody's yet.
  private func canBeWoken(_ number: Int, _ condition: Int) -> Bool {
    promises[condition].contains { $0.contains(number) }
  }

  /// A thread waits no more: of the signals that may be its own, the one that fewest others can have is.
  private mutating func leave(_ number: Int, _ condition: Int) {
    let own = promises[condition].filter { $0.contains(number) }
    if let least = own.min(by: { $0.count < $1.count }),
      let place = promises[condition].firstIndex(of: least)
    {
      promises[condition].remove(at: place)
    }
    for place in promises[condition].indices { promises[condition][place].remove(number) }
    queues[condition].removeAll { $0 == number }
  }

  var enabled: ThreadSet {
    var set = ThreadSet.none
    for number in threads.indices where isEnabled(number) {
      set.insert(ThreadID(UInt8(number)))
    }
    return set
  }

  /// Takes a thread's next step; gives it and the annotations that follow.
  mutating func step(_ number: Int) -> [Event] {
    guard let operation = pending(number) else { preconditionFailure("no step to take") }
    var event = Event(
      thread: operation.thread, kind: operation.kind, object: operation.object,
      size: operation.size, other: operation.other,
      programCounter: Self.programCounter(number, threads[number].counter))
    if operation.awaits {
      event.flags.insert(.awaits)
      event.otherSize = operation.otherSize
    }
    threads[number].hasYielded = false
    if case .relocking(let lock) = threads[number].status {
      owners[lock] = number
      threads[number].held.insert(lock)
      threads[number].status = .ready
    } else if case .waiting(let condition, let lock) = threads[number].status {
      leave(number, condition)
      threads[number].status = .relocking(lock)
    } else if case .timed(let condition, let lock, let wasWoken) = threads[number].status {
      let isWoken = wasWoken || event.kind == .timedWake
      leave(number, condition)
      event.value = isWoken ? 1 : 0
      threads[number].register = isWoken ? 1 : 0
      threads[number].log.append(threads[number].register)
      threads[number].status = .relocking(lock)
    } else {
      perform(program.threads[number][threads[number].counter], number, &event)
      threads[number].counter += 1
      if event.kind.isStore { noteChange(event, by: number) }
    }
    var events = [event]
    advance(number, &events)
    if event.kind == .arrive {
      for other in ThreadSet(rawValue: event.value) where other != event.thread {
        begin(Int(other.rawValue), &events)
      }
    }
    return events
  }

  /// Where the trace says that an instruction is.
  static func programCounter(_ thread: Int, _ place: Int) -> UInt64 {
    UInt64(thread) << 16 | UInt64(place)
  }

  private mutating func noteChange(_ event: Event, by number: Int) {
    for cell in 0..<program.cellCount {
      guard event.object.rawValue < Self.cell(cell).rawValue + 4,
        Self.cell(cell).rawValue < event.object.rawValue + UInt64(event.size)
      else { continue }
      for other in threads.indices where other != number && hasLooked(other, at: cell) {
        threads[other].changed.insert(cell)
      }
    }
  }

  /// Whether a thread that spins looked at a cell already.
  private func hasLooked(_ number: Int, at cell: Int) -> Bool {
    let thread = threads[number]
    guard thread.looks > 0 else { return false }
    switch program.threads[number][thread.counter] {
    case .spin(let cells): return cells.prefix(thread.looks).contains(cell)
    case .poll(let polled, _, _): return polled == cell && thread.looks > 1
    default: return false
    }
  }

  private mutating func perform(
    _ instruction: Program.Instruction, _ number: Int, _ event: inout Event
  ) {
    switch instruction {
    case .read(let cell):
      threads[number].register = memory[cell]
      threads[number].log.append(memory[cell])
    case .spin(let cells):
      let cell = cells[threads[number].looks % cells.count]
      threads[number].changed.remove(cell)
      if memory[cell] == 0 {
        threads[number].looks += 1
        // What is beyond the first round is one state with it, turned round.
        if threads[number].looks == cells.count * 2 { threads[number].looks = cells.count }
        threads[number].counter -= 1
      } else {
        threads[number].log.append(memory[cell])
        threads[number].looks = 0
        threads[number].changed = []
      }
    case .poll(let cell, let lock, let isShared): poll(cell, lock, isShared: isShared, number)
    case .peek(let cell): threads[number].log.append(memory[cell])
    case .readPair(let cell):
      threads[number].register = memory[cell & ~1] * 100 + memory[cell | 1]
      threads[number].log.append(threads[number].register)
    case .write(let cell, let addend): memory[cell] = threads[number].register + addend
    case .store(let cell, let value): memory[cell] = value
    case .appendOpaque(let cell): memory[cell] = memory[cell] &* 10 &+ number
    case .add(let cell):
      event.order = .sequentiallyConsistent
      threads[number].log.append(memory[cell])
      memory[cell] += 1
    case .atomicLoad(let cell, let order):
      event.order = order
      threads[number].register = memory[cell]
      threads[number].log.append(memory[cell])
    case .atomicStore(let cell, let value, let order):
      event.order = order
      memory[cell] = value
    case .atomicAdd(let cell, let order):
      event.order = order
      threads[number].register = memory[cell]
      threads[number].log.append(memory[cell])
      memory[cell] += 1
    case .compareAndSwap(let cell):
      event.order = .sequentiallyConsistent
      event.flags.insert(.compareAndSwap)
      threads[number].log.append(memory[cell])
      if memory[cell] == threads[number].register { memory[cell] += 1 } else { event.kind = .read }
    case .lock(let lock):
      owners[lock] = number
      threads[number].held.insert(lock)
    case .unlock(let lock): release(lock, number)
    case .tryLock(let lock):
      threads[number].register = event.kind == .tryLock ? 1 : 0
      threads[number].log.append(threads[number].register)
      if event.kind == .tryLock {
        owners[lock] = number
        threads[number].held.insert(lock)
      }
    case .wait(let condition, let lock):
      release(lock, number)
      queues[condition].append(number)
      threads[number].status = .waiting(condition: condition, lock: lock)
    case .signal(let condition):
      if queues[condition].count == promises[condition].count {
        event.value = Event.nobody
      } else if queues[condition].count == 1 {
        event.value = UInt64(queues[condition][0])
        wake(queues[condition].removeFirst())
      } else {
        event.value = Event.several
        promises[condition].append(Set(queues[condition]))
      }
    case .broadcast(let condition):
      for waiter in queues[condition] {
        event.value |= 1 << UInt64(waiter)
        wake(waiter)
      }
      queues[condition] = []
      promises[condition] = []
    case .semaphoreWait(let index):
      event.value = UInt64(semaphores[index])
      semaphores[index] -= 1
    case .semaphoreSignal(let index):
      event.value = UInt64(semaphores[index])
      semaphores[index] += 1
    case .lockShared(let lock): threads[number].shared.append(lock)
    case .unlockShared(let lock):
      if let place = threads[number].shared.lastIndex(of: lock) {
        threads[number].shared.remove(at: place)
      }
    case .tryLockShared(let lock):
      threads[number].register = event.kind == .tryLockShared ? 1 : 0
      threads[number].log.append(threads[number].register)
      if event.kind == .tryLockShared { threads[number].shared.append(lock) }
    case .semaphoreTryWait(let index):
      event.value = UInt64(semaphores[index])
      threads[number].register = semaphores[index] > 0 ? 1 : 0
      threads[number].log.append(threads[number].register)
      if semaphores[index] > 0 { semaphores[index] -= 1 }
    case .semaphoreRead(let index):
      event.value = UInt64(semaphores[index])
      threads[number].register = semaphores[index]
      threads[number].log.append(semaphores[index])
    case .timedWait(let condition, let lock):
      release(lock, number)
      queues[condition].append(number)
      threads[number].status = .timed(condition: condition, lock: lock, isWoken: false)
    case .arrive(let barrier):
      arrivals[barrier].append(number)
      threads[number].register = 0
      if arrivals[barrier].count == program.barriers[barrier] {
        event.value = arrivals[barrier].reduce(0) { $0 | 1 << UInt64($1) }
        threads[number].register = 1
        arrivals[barrier] = []
      } else {
        threads[number].status = .arrived(barrier)
      }
      threads[number].log.append(threads[number].register)
    case .sleep(let duration): time += duration
    case .readClock:
      threads[number].register = time
      threads[number].log.append(time)
    case .once(let index): initialisers[index] = initialisers[index] ?? number
    case .output: written.append(number)
    case .call(let index): called[index].append(number)
    case .sharedCall(let index): threads[number].log.append(called[index].count)
    case .join, .awaitCompletion, .spawn, .endIfZero, .skip, .fence, .yield, .complete: break
    }
  }

  private mutating func poll(_ cell: Int, _ lock: Int, isShared: Bool, _ number: Int) {
    switch threads[number].looks % 3 {
    case 0 where isShared: threads[number].shared.append(lock)
    case 0:
      owners[lock] = number
      threads[number].held.insert(lock)
    case 1:
      threads[number].polled = memory[cell]
      threads[number].changed.remove(cell)
    default:
      if isShared { threads[number].shared.removeAll { $0 == lock } } else { release(lock, number) }
    }
    threads[number].looks += 1
    if threads[number].looks == 6 { threads[number].looks = 3 }
    if threads[number].looks == 3, threads[number].polled != 0 {
      threads[number].log.append(threads[number].polled)
      (threads[number].polled, threads[number].looks, threads[number].changed) = (0, 0, [])
    } else {
      threads[number].counter -= 1
    }
  }

  /// How many parts the whole program has of something that is completed.
  private func partCount(of index: Int) -> Int {
    program.threads.joined().count { $0 == .complete(index) }
  }

  private mutating func release(_ lock: Int, _ number: Int) {
    owners[lock] = nil
    threads[number].held.remove(lock)
  }

  private mutating func wake(_ number: Int) {
    if case .timed(let condition, let lock, _) = threads[number].status {
      threads[number].status = .timed(condition: condition, lock: lock, isWoken: true)
      return
    }
    guard case .waiting(_, let lock) = threads[number].status else { return }
    threads[number].status = .relocking(lock)
  }

  private mutating func begin(_ number: Int, _ events: inout [Event]) {
    threads[number].status = .ready
    advance(number, &events)
  }

  /// Runs on to the next step, through all that is not seen.
  private mutating func advance(_ number: Int, _ events: inout [Event]) {
    guard threads[number].status == .ready else { return }
    let id = ThreadID(UInt8(number))
    let body = program.threads[number]
    while threads[number].counter < body.count {
      switch body[threads[number].counter] {
      case .spawn(let child):
        if threads[child].status == .unborn {
          events.append(
            Event(thread: id, kind: .spawn, object: ObjectID(0), value: UInt64(child)))
          begin(child, &events)
        }
      case .yield:
        events.append(Event(thread: id, kind: .yield, object: ObjectID(0)))
        threads[number].hasYielded = true
      case .endIfZero:
        if threads[number].register == 0 {
          threads[number].counter = body.count
          continue
        }
      case .skip(let count, let range):
        if !range.contains(threads[number].register) { threads[number].counter += count }
      case .complete(let index):
        events.append(Event(thread: id, kind: .complete, object: Self.completion(index)))
        completed[index] += 1
      case .fence(let order):
        events.append(Event(thread: id, kind: .fence, object: ObjectID(0), order: order))
      case .lock(let lock) where threads[number].held.contains(lock): break
      case .tryLock(let lock) where threads[number].held.contains(lock): break
      case .unlock(let lock) where !threads[number].held.contains(lock): break
      case .wait(_, let lock) where !threads[number].held.contains(lock): break
      case .timedWait(_, let lock) where !threads[number].held.contains(lock): break
      case .lockShared(let lock) where threads[number].held.contains(lock): break
      case .tryLockShared(let lock) where threads[number].held.contains(lock): break
      case .unlockShared(let lock) where !threads[number].shared.contains(lock): break
      case .join(let child) where child == number: break
      default: return
      }
      threads[number].counter += 1
    }
    threads[number].status = .ended
    events.append(Event(thread: id, kind: .exit, object: ObjectID(thread: id)))
  }

  /// What a run can be told by from outside.
  struct Outcome: Hashable {
    var memory: [Int]
    var logs: [[Int]]
    var written: [Int]
    var called: [[Int]]
    var blocked: [Operation]
  }

  var outcome: Outcome {
    Outcome(
      memory: memory, logs: threads.map(\.log), written: written, called: called,
      blocked: threads.indices.compactMap { threads[$0].status == .unborn ? nil : pending($0) })
  }

  var blocked: [Execution.Blocked] {
    threads.indices.compactMap { number in
      pending(number).map {
        Execution.Blocked(
          thread: $0.thread, kind: $0.kind, object: $0.object, other: $0.other,
          awaits: $0.awaits && threads[number].changed.isEmpty, otherSize: $0.otherSize)
      }
    }
  }
}
