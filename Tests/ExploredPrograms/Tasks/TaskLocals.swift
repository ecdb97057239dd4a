/// Values of task locals are those of where the task was made.
public enum Local {
  /// Nothing, unless somebody bound it.
  @TaskLocal public static var value = 0
}

/// An inherited value, one that is not inherited, and a child's own.
public func taskLocals() async -> String {
  await Local.$value.withValue(1) {
    let inherited = Task { Local.value }
    let detached = Task.detached { Local.value }
    async let child = Local.$value.withValue(2) { Local.value }
    return await "\(inherited.value) \(detached.value) \(child)"
  }
}
