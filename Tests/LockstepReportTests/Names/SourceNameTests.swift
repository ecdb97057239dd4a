import Testing

@testable import LockstepReport

struct `The name in a line of source` {
  @Test(arguments: [
    ("    total += i", 11, "total"),
    ("    self.total += i", 16, "total"),
    ("    total = total + 1", 13, "total"),
    ("    total &+= 1", 11, "total"),
    ("    counts[0] += 1", 15, "counts[0]"),
    ("    counts[i + f[2]].x += 1", 24, "counts[i + f[2]].x"),
    ("    lock.lock()", 5, "lock"),
    ("    lock.lock()", 10, "lock"),
    ("    bank.lock.withLock { x += 1 }", 15, "bank.lock"),
    ("    self.lock.withLock { x += 1 }", 15, "lock"),
    ("    lock.withLock { total += 1 }", 27, "total"),
    ("    items.append(3)", 11, "items"),
    ("  var local = 0", 15, "local"),
    ("  let lock = NSLock()", 14, "lock"),
    ("  return total", 10, "total"),
    ("  print(total)", 9, "total"),
    ("    bank?.lock!.lock()", 17, "bank?.lock!"),
    ("  if flag { return }", 6, "flag"),
    ("    table[\"a\"] = 2", 11, "table"),
    ("  pthread_mutex_lock(&mutex)", 3, "mutex"),
    ("  let body = escape {", 21, "body"),
    ("  pthread_mutex_lock(&mutex)", 23, "mutex"),
  ]) func `is the variable's path`(line: String, column: Int, name: String) {
    #expect(SourceName.path(in: line, column: column) == name)
  }

  @Test(arguments: [
    ("", 1), ("x", 0), ("x", 9), ("    mutex.withLock { $0 += 1 }", 25), ("  race()", 3),
    ("  }", 3), ("  self", 3), ("  ]]", 4), ("  [", 3),
    ("  call { stack += 1 }", 8),
  ]) func `is none where there is no variable`(line: String, column: Int) {
    #expect(SourceName.path(in: line, column: column) == nil)
  }
}
