import Foundation
import LockstepReport

/// Puts a hang into words.
struct HangWriter {
  private let hang: ProcessWatch.Hang
  private let symbols: ImageSymbols
  private let python: PythonStacks
  private let sources: SourcePlaces
  private let names: ThreadLabels
  private let locks: LockLabels
  private var stacks: [Int32: [UInt]] = [:]

  private var snapshot: ProcessSnapshot { hang.snapshot }
  private var waits: [Int32: Wait] { hang.snapshot.waits }

  init(_ hang: ProcessWatch.Hang, symbols: ImageSymbols, python: PythonStacks) {
    self.hang = hang
    self.symbols = symbols
    self.python = python
    sources = SourcePlaces(symbols: symbols)
    names = ThreadLabels(hang.snapshot, symbols: symbols, python: python)
    locks = LockLabels(
      memory: ProcessMemory(process: hang.snapshot.process), symbols: symbols,
      isPython: !python.stacks.isEmpty)
    let unwinder = Unwinder(
      memory: ProcessMemory(process: hang.snapshot.process), symbols: symbols)
    for (thread, record) in hang.snapshot.table.threads where waits[thread] != nil {
      stacks[thread] = unwinder.returnAddresses(fromFrame: record.frame)
    }
    let holds = (Array(hang.snapshot.table.threads.values) + hang.snapshot.table.gone)
      .flatMap(\.holds).flatMap(\.callers)
    sources.prepare((stacks.values.flatMap { $0 } + holds).filter { symbols.isCode(at: $0 &- 1) })
  }

  var kind: HangReport.Kind {
    switch hang.verdict.cause {
    case .cycle: .deadlock
    case .leak: .leakedLock
    case .nobodyLeft: .hang
    }
  }

  var notes: [String] {
    var notes = sources.notes
    if !hang.verdict.isCertain {
      notes.append(
        "every thread waits without a time limit, and no timer, signal handler or other process "
          + "that could wake one was seen")
    }
    if snapshot.table.isIncomplete {
      notes.append("there was no room for all records; some locks held are not listed")
    }
    return notes
  }

  // MARK: Summary

  var summary: String {
    switch hang.verdict.cause {
    case .cycle(let threads): return cycle(threads)
    case .leak(let waiter, let owner): return leak(waiter: waiter, owner: owner)
    case .nobodyLeft:
      let count = waits.count
      return count == 1
        ? "Hang: \(names[hang.verdict.stuck[0]]) waits for \(object(of: hang.verdict.stuck[0]))"
          + "\(place(of: hang.verdict.stuck[0])), and no other thread is left to wake it"
        : "Hang: all \(count) threads wait, and none is left to wake one of them"
    }
  }

  private func cycle(_ threads: [Int32]) -> String {
    if threads.count == 1 {
      return
        "Deadlock: \(names[threads[0]]) waits for \(object(of: threads[0])), which it holds itself"
        + place(of: threads[0])
    }
    let links = zip(threads, threads.dropFirst() + threads.prefix(1)).map { waiter, owner in
      waits[waiter]?.kind == .join
        ? "\(names[waiter]) waits for the end of \(names[owner])"
        : "\(names[waiter]) waits for \(object(of: waiter)) of \(names[owner])"
    }
    return "Deadlock: " + links.joined(separator: ", ")
  }

  private func leak(waiter: Int32, owner: Int32) -> String {
    guard let wait = waits[waiter] else { return "Leaked lock" }
    let record = snapshot.table.gone.first { $0.thread == owner }
    let hold = record?.holds.first { $0.object.address == wait.object }
    let taken = hold.flatMap { place(of: $0).map { " in \($0.text)" } } ?? ""
    let verb =
      record?.stayedInParent == true
      ? "holds it in the parent process, and is not in this one, which was forked"
      : "ended without releasing it"
    let others = waits.filter { $0.value.object == wait.object }.keys.sorted()
    let waiting = others.map { names[$0] }.sorted().joined(separator: ", ")
    return "Leaked lock: \(names[owner]) took \(object(of: waiter))\(taken) and \(verb); "
      + "\(waiting) \(others.count == 1 ? "waits" : "wait") for it"
  }

  private func object(of thread: Int32) -> String {
    waits[thread].map { locks.name($0, stack: functions(thread)) } ?? "?"
  }

  private func place(of thread: Int32) -> String {
    firstOwnPlace(stack(of: thread)).map { ", in \($0.text)" } ?? ""
  }

  // MARK: Threads

  var threads: [HangReport.Thread] {
    let stuck = Set(hang.verdict.stuck)
    let present = snapshot.tasks.keys.sorted {
      (stuck.contains($0) ? 0 : 1, $0) < (stuck.contains($1) ? 0 : 1, $1)
    }
    let owners = Set(stuck.flatMap { waits[$0]?.wakers.threads ?? [] })
    let gone = snapshot.table.gone.filter { owners.contains($0.thread) }
    return present.map(thread) + gone.map(goneThread)
  }

  private func thread(_ id: Int32) -> HangReport.Thread {
    let wait = waits[id]
    return HangReport.Thread(
      name: names[id], id: id, isGone: false, doing: doing(id),
      waitsFor: wait.map {
        HangReport.Held(
          name: object(of: id), address: $0.object, place: firstOwnPlace(stack(of: id)))
      },
      holds: held(snapshot.table.threads[id], waitingFor: wait?.object), stack: stack(of: id))
  }

  private func goneThread(_ record: ThreadRecord) -> HangReport.Thread {
    HangReport.Thread(
      name: names[record.thread], id: record.thread, isGone: true,
      doing: record.stayedInParent ? "is a thread of the parent process only" : "has ended",
      waitsFor: nil, holds: held(record, waitingFor: nil), stack: [])
  }

  private func doing(_ id: Int32) -> String {
    switch snapshot.activities[id] {
    case .waits(let wait)?:
      let owners = wait.wakers.threads.map { names[$0] }.joined(separator: ", ")
      if wait.kind == .join { return "waits for the end of \(owners)" }
      let verb = wait.kind == .semaphore ? "took" : wait.kind == .queue ? "works on" : "holds"
      return "waits for \(object(of: id))" + (owners.isEmpty ? "" : ", which \(owners) \(verb)")
    case .idle?: return "has nothing to do"
    default: return SystemCallName.phrase(snapshot.tasks[id])
    }
  }

  private func held(_ record: ThreadRecord?, waitingFor object: UInt?) -> [HangReport.Held] {
    (record?.holds ?? []).filter { !snapshot.table.handedOver.contains($0.object) }.map { hold in
      HangReport.Held(
        name: locks.name(
          hold, functions: hold.callers.compactMap { symbols.functionName(at: $0 &- 1) }),
        address: hold.object.address, place: place(of: hold))
    }
  }

  private func place(of hold: ThreadRecord.Hold) -> HangReport.Place? {
    if isPython(hold) {
      guard snapshot.table.hasPythonPlaces, hold.callers.count == 3 else { return nil }
      return PythonPlace(memory: ProcessMemory(process: snapshot.process))
        .place(code: hold.callers[1], instruction: hold.callers[2])
    }
    return firstOwnPlace(
      hold.callers.filter { symbols.isCode(at: $0 &- 1) }.flatMap(sources.places))
  }

  /// The interpreter's own functions are no places that anybody wants to read of.
  private func isPython(_ hold: ThreadRecord.Hold) -> Bool {
    hold.object.kind == .semaphore && snapshot.table.pythonSignal != nil
      && hold.callers.first.flatMap { symbols.functionName(at: $0 &- 1) }?.hasPrefix("PyThread_")
        ?? true
  }

  private func functions(_ id: Int32) -> [String] {
    (stacks[id] ?? []).prefix(8).compactMap { symbols.functionName(at: $0 &- 1) }
  }

  private func stack(of id: Int32) -> [HangReport.Place] {
    let own = snapshot.table.threads[id].flatMap { python.stacks[$0.handle] }
    return own
      ?? (stacks[id] ?? []).flatMap(sources.places).filter { place in
        // Without a name it says nothing, and of our own functions nobody wants to read.
        place.function != nil && place.file?.contains("libLockstepWatch") != true
      }
  }

  /// The innermost place that is not in a library: Python's own lock classes are one, too.
  private func firstOwnPlace(_ stack: [HangReport.Place]) -> HangReport.Place? {
    stack.first { $0.line != nil && $0.file?.hasSuffix("/threading.py") != true }
      ?? stack.first { $0.function != nil }
  }
}
