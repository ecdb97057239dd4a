/// What Swift's runtime and Foundation find out on first use, and would find out anew in each child.
///
/// Caches only: what a program sees is the same with and without. Prints, starts nothing, and throws
/// everything away.
@_cdecl("lks_fillCaches")
public func fillCaches() {
  var text = ""
  func show<Value>(_ value: Value) {
    print(value, to: &text)
    text += "\(value)"
  }
  show(Int(1))
  show(Int32(1))
  show(Int64(1))
  show(UInt(1))
  show(UInt8(1))
  show(1.5)
  show(true)
  show("text")
  show([1, 2])
  show(["text"])
  show(["key": 1])
  show(Int?.some(1))
  show((1, 2))
  _ = CommandLine.arguments.count
}
