/// Tasks of one actor, one after another: more than are told apart.
public func manyTasks(_ count: Int) async -> Int {
  let sum = Sum()
  for _ in 0..<count { await Task.detached { await sum.add() }.value }
  return await sum.value
}

private actor Sum {
  var value = 0

  func add() { value += 1 }
}
