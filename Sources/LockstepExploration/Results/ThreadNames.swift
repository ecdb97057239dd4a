internal import LockstepEngine
internal import LockstepReport

/// Names for the threads of an execution: what they call themselves, or what they do.
enum ThreadNames {
  /// - Parameters:
  ///   - events: the threads of events, and whether they are steps.
  ///   - frames: of each of the events.
  ///   - own: what each thread calls itself, or nothing.
  /// - Returns: a name for each thread; `main` runs the body, the others are called after the
  ///   function of their first step in the person's own code, or of their first, or of where they wait
  ///   without one, numbered where two have the same.
  static func names(
    events: [(thread: ThreadID, isStep: Bool)], frames: [SourceFrame?], own: [String]
  ) -> [String] {
    let plain = own.indices.map { index in
      if index == 0 { return "main" }
      if !own[index].isEmpty { return own[index] }
      let functions = zip(events, frames).lazy.compactMap { event, frame -> SourceFrame? in
        guard Int(event.thread.rawValue) == index, event.isStep, let frame, frame.function != nil
        else { return nil }
        return frame.isOurs ? nil : frame
      }
      let frame = functions.first { $0.isUserCode } ?? functions.first { _ in true }
      return frame?.function.map(baseName) ?? "thread"
    }
    var seen: [String: Int] = [:]
    let totals = plain.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return plain.map { name in
      guard totals[name, default: 1] > 1 else { return name }
      seen[name, default: 0] += 1
      return "\(name) #\(seen[name, default: 1])"
    }
  }

  /// `increment` for `increment(_:)`, `race` for `closure #1 in race(threads:increments:)`; a C++ lambda's
  /// `operator()` is no list of parameters.
  private static func baseName(_ function: String) -> String {
    let separator = " in "
    let name =
      function.indices.last { function[$0...].hasPrefix(separator) }
      .map { function[$0...].dropFirst(separator.count) } ?? Substring(function)
    if name.hasSuffix("::operator()") { return String(name) }
    return String(name.prefix { $0 != "(" }.split(separator: ".").last ?? name)
  }
}
