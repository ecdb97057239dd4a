import Foundation

/// What two threads change with nothing to keep them apart.
final class Shared: @unchecked Sendable {
  var count = 0
  var amount = 0.0
  var text = ""
  var list: [Int] = []
  var table: [String: Int] = [:]
}

/// `+=` of an Int, which traps on overflow.
public func checkedIncrements() -> Int {
  let shared = Shared()
  inParallel({ shared.count += 1 }, { shared.count += 1 })
  return shared.count
}

/// `&+=` of an Int, whose read LLVM would leave out.
public func wrappingIncrements() -> Int {
  let shared = Shared()
  inParallel({ shared.count &+= 1 }, { shared.count &+= 1 })
  return shared.count
}

/// `+=` of a Double.
public func doubleIncrements() -> Double {
  let shared = Shared()
  inParallel({ shared.amount += 1 }, { shared.amount += 1 })
  return shared.amount
}

/// `+=` of a String, inside the standard library.
public func stringAppends() -> Int {
  let shared = Shared()
  inParallel({ shared.text += "x" }, { shared.text += "y" })
  return shared.text.count
}

/// `append` to an array.
public func arrayAppends() -> Int {
  let shared = Shared()
  inParallel({ shared.list.append(1) }, { shared.list.append(2) })
  return shared.list.count
}

/// Two keys of one dictionary.
public func dictionaryUpdates() -> Int {
  let shared = Shared()
  inParallel({ shared.table["a"] = 1 }, { shared.table["b"] = 2 })
  return shared.table.count
}

/// A local variable that two closures capture.
public func capturedLocal() -> Int {
  nonisolated(unsafe) var total = 0
  inParallel({ total += 1 }, { total += 1 })
  return total
}
