import Foundation
import LockstepReport

/// One hang, ready to be printed: plain text and numbers that outlive the process.
struct HangReport: Equatable {
  enum Kind: String { case deadlock, leakedLock, hang }

  struct Place: Equatable {
    var function: String?
    var file: String?
    var line: Int?

    /// `transfer (bank.c:20)`.
    var text: String {
      let location = file.map { file in
        (file as NSString).lastPathComponent + (line.map { ":\($0)" } ?? "")
      }
      guard let function else { return location ?? "?" }
      return location.map { "\(function) (\($0))" } ?? function
    }
  }

  struct Held: Equatable {
    var name: String
    var address: UInt
    var place: Place?
  }

  struct Thread: Equatable {
    var name: String
    var id: Int32
    /// It is no more, or not in this process.
    var isGone: Bool
    /// What it does, as a phrase: 'waits for mutex 'bank', which main holds'.
    var doing: String
    var waitsFor: Held?
    var holds: [Held]
    var stack: [Place]
  }

  var kind: Kind
  var summary: String
  var isCertain: Bool
  var process: Int32
  var threads: [Thread]
  /// What could not be seen.
  var notes: [String]
}

extension HangReport {
  init(_ hang: ProcessWatch.Hang, symbols: ImageSymbols, python: PythonStacks) {
    let writer = HangWriter(hang, symbols: symbols, python: python)
    self.init(
      kind: writer.kind, summary: writer.summary, isCertain: hang.verdict.isCertain,
      process: hang.snapshot.process, threads: writer.threads, notes: writer.notes)
  }

  /// Some libraries notice a deadlock themselves, and end the program before it hangs.
  init(_ note: Registry.Note) {
    let names = SourcePlaces()
    let stacks = note.threads.map { thread in
      thread.callers.map { names.place(file: $0.file, offset: $0.offset) }
        .filter { $0.function != nil }
    }
    let places = stacks.map { stack in
      (stack.first { $0.line != nil } ?? stack.first).map { " in \($0.text)" } ?? ""
    }
    let summary: String
    let doing: String
    switch note.kind {
    case .ownQueue(let label):
      let queue = label.isEmpty ? "a queue" : "queue '\(label)'"
      summary =
        "Deadlock: work of \(queue) waits by 'sync' for \(queue) itself\(places.first ?? ""); "
        + "libdispatch ended the program for it"
      doing = "waits for \(queue), whose work it runs"
    case .mutexCycle where note.threads.count == 1:
      summary =
        "Deadlock: a thread waits for a Mutex that it holds itself\(places.first ?? ""); "
        + "Swift ended the program for it"
      doing = "waits for a Mutex that it holds"
    case .mutexCycle:
      let links = note.threads.indices.map { index in
        "thread \(index + 1) waits\(places[index]) for a Mutex of thread "
          + "\((index + 1) % note.threads.count + 1)"
      }
      summary =
        "Deadlock: " + links.joined(separator: ", ") + "; Swift ended the program for it, "
        + "with a message about a recursive call"
      doing = "waits for a Mutex of the next thread"
    }
    let threads = note.threads.indices.map { index in
      Thread(
        name: "thread \(index + 1)", id: note.threads[index].id, isGone: true, doing: doing,
        waitsFor: nil, holds: [], stack: stacks[index])
    }
    self.init(
      kind: .deadlock, summary: summary, isCertain: true, process: note.process, threads: threads,
      notes: [])
  }
}
