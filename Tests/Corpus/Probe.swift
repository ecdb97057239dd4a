/// A read and a write in one basic block: what the start-up proof runs.
@inline(never)
public func probe(_ value: UnsafeMutablePointer<Int>) {
  value.pointee &+= 1
}
