/// A read and a write in one basic block, which the compiler's instrumentation would shorten to the
/// write alone if it were not asked for both.
@inline(never)
public func probe(_ value: UnsafeMutablePointer<Int>) {
  value.pointee &+= 1
}
