import Foundation
import LockstepReport

/// What each thread is called in a report: its own name, else the function that it was started with.
struct ThreadLabels {
  private var labels: [Int32: String] = [:]

  subscript(thread: Int32) -> String { labels[thread] ?? "thread \(thread)" }

  init(_ snapshot: ProcessSnapshot, symbols: ImageSymbols, python: PythonStacks) {
    let common = snapshot.tasks[snapshot.process]?.name ?? ""
    var records = snapshot.table.gone
    records += snapshot.tasks.keys.map {
      snapshot.table.threads[$0] ?? ThreadRecord(thread: $0, number: .max)
    }
    records.sort { ($0.number, $0.thread) < ($1.number, $1.thread) }
    var base: [(thread: Int32, label: String)] = []
    for (index, record) in records.enumerated() {
      let name = snapshot.tasks[record.thread]?.name ?? record.name
      let label: String
      if record.thread == snapshot.process {
        label = "main"
      } else if let function = python.stacks[record.handle].flatMap(Self.target) {
        label = function
      } else if symbols.file(at: record.start)?.hasSuffix("/libdispatch.so") == true {
        label = "worker"
      } else if !name.isEmpty, name != common {
        label = name
      } else if let function = Self.startFunction(record, symbols) {
        label = function
      } else {
        label = "thread \(record.number == .max ? index + 1 : record.number)"
      }
      base.append((record.thread, label))
    }
    let counts = Dictionary(grouping: base, by: \.label).mapValues(\.count)
    var numbers: [String: Int] = [:]
    for (thread, label) in base {
      numbers[label, default: 0] += 1
      labels[thread] =
        counts[label] == 1 ? label : "\(label) #\(numbers[label] ?? 0)"
    }
  }

  /// Libraries start threads with functions of their own, which say nothing.
  private static func startFunction(_ record: ThreadRecord, _ symbols: ImageSymbols) -> String? {
    guard record.start != 0, let file = symbols.file(at: record.start),
      !file.contains(".so"), !file.contains("python")
    else { return nil }
    return symbols.functionName(at: record.start)
  }

  /// The outermost function that is not the class `Thread`'s.
  private static func target(_ stack: [HangReport.Place]) -> String? {
    stack.last { $0.file?.hasSuffix("/threading.py") != true }?.function
  }
}
