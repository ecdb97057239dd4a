import Foundation

/// A closure on its way to the thread that runs it.
private final class Work {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Runs a closure on each of so many threads, and returns when all have ended.
///
/// A Foundation `Thread` cannot be joined, so these are the system's.
public func inParallel(_ count: Int, _ body: @escaping @Sendable (_ thread: Int) -> Void) {
  var threads: [pthread_t] = []
  for index in 0..<count {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work { body(index) })
    let error = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, work.toOpaque())
    precondition(error == 0, "a thread could not be started")
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}
