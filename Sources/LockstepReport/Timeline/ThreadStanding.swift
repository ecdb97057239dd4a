/// Where a thread stands when an execution is over: what it holds, what it waits for, how it ended.
package struct ThreadStanding: Equatable, Sendable, Codable {
  package struct Place: Equatable, Sendable, Codable {
    package var object: String
    package var location: SourceLocation?

    package init(_ object: String, at location: SourceLocation? = nil) {
      self.object = object
      self.location = location
    }
  }

  package var thread: Int
  package var holds: [Place]
  package var waitsFor: Place?
  /// How it ended: `ended`, `threw UnknownAccount at Bank.swift:23 and ended`.
  package var ending: String?

  package init(
    thread: Int, holds: [Place] = [], waitsFor: Place? = nil, ending: String? = nil
  ) {
    self.thread = thread
    self.holds = holds
    self.waitsFor = waitsFor
    self.ending = ending
  }

  /// What a finding's waits tell about each thread that waits or is waited for.
  package static func standings(of waits: [FindingReport.Wait]) -> [ThreadStanding] {
    var standings: [Int: ThreadStanding] = [:]
    for wait in waits {
      standings[wait.thread, default: ThreadStanding(thread: wait.thread)].waitsFor =
        Place(wait.waitsFor, at: wait.waitsAt)
      guard let holder = wait.heldBy else { continue }
      let held = Place(wait.waitsFor, at: wait.heldSince)
      if standings[holder]?.holds.contains(held) == true { continue }
      standings[holder, default: ThreadStanding(thread: holder)].holds.append(held)
    }
    return standings.values.sorted { $0.thread < $1.thread }
  }

  var text: String {
    var parts = holds.map { held in
      "holds \(held.object)" + (held.location.map { " since \($0.text)" } ?? "")
    }
    if let waitsFor {
      parts.append(
        "waits for \(waitsFor.object)" + (waitsFor.location.map { " at \($0.text)" } ?? ""))
    }
    if let ending { parts.append(ending) }
    return parts.joined(separator: "; ")
  }
}
