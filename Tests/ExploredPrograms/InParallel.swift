import Foundation

private final class Work {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Runs closures on threads of their own, and returns when all have ended.
public func inParallel(_ bodies: (@Sendable () -> Void)...) {
  inParallel(bodies)
}

/// The same for as many as there are.
public func inParallel(_ bodies: [@Sendable () -> Void]) {
  var threads: [pthread_t] = []
  for body in bodies {
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    precondition(error == 0, "a thread could not be started")
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}

/// A read and a write in one basic block: what the start-up proof runs.
@inline(never)
public func probe(_ value: UnsafeMutablePointer<Int>) {
  value.pointee &+= 1
}
