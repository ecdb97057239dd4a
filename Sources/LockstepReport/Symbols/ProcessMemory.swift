import Glibc

/// This process's memory, read without the risk of a crash: the kernel copies it, or says no.
enum ProcessMemory {
  /// `process_vm_readv(2)`, which glibc declares for GNU sources only.
  private typealias ReadVector =
    @convention(c) (
      pid_t, UnsafePointer<iovec>, UInt, UnsafePointer<iovec>, UInt, UInt
    ) -> Int

  private static let readVector: ReadVector? = dlsym(nil, "process_vm_readv").map {
    // The type is the prototype of the manual page.
    unsafeBitCast($0, to: ReadVector.self)
  }

  /// The bytes at an address; nil when one of them is not mapped and readable.
  static func bytes(at address: UInt, count: Int) -> [UInt8]? {
    guard address != 0, count > 0, address < 1 << 47 else { return nil }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = copy(address, into: UnsafeMutableRawBufferPointer(buffer)) ? count : 0
    }.nonEmpty
  }

  /// The word at an address; nil when it cannot be read.
  static func word(at address: UInt) -> UInt? { value(at: address, as: UInt.self) }

  /// An integer at an address; nil when it cannot be read.
  static func value<Value: FixedWidthInteger>(
    at address: UInt, as type: Value.Type
  ) -> Value? {
    guard address != 0, address < 1 << 47 else { return nil }
    var value = Value.zero
    return withUnsafeMutableBytes(of: &value) { copy(address, into: $0) } ? value : nil
  }

  /// The words of a block; nil when it cannot be read.
  static func words(at address: UInt, count: Int) -> [UInt]? {
    guard address != 0, address < 1 << 47, count > 0 else { return nil }
    let words = [UInt](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = copy(address, into: UnsafeMutableRawBufferPointer(buffer)) ? count : 0
    }
    return words.isEmpty ? nil : words
  }

  private static func copy(_ address: UInt, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let readVector else { return false }
    var local = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
    var remote = iovec(
      iov_base: UnsafeMutableRawPointer(bitPattern: address), iov_len: buffer.count)
    return readVector(getpid(), &local, 1, &remote, 1, 0) == buffer.count
  }
}

extension Array {
  /// The array, or nil if it is empty.
  var nonEmpty: [Element]? { isEmpty ? nil : self }
}
