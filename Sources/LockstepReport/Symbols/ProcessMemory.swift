import Glibc

/// A process's memory, read without the risk of a crash: the kernel copies it, or says no.
///
/// What is asked of the type is asked of this process.
package struct ProcessMemory: Sendable {
  /// Another process, whose memory process_vm_readv(2) lets its parents read.
  package let process: Int32

  package init(process: Int32) { self.process = process }

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
    ProcessMemory(process: getpid()).bytes(at: address, count: count)
  }

  /// The bytes at an address; nil when one of them is not mapped and readable.
  package func bytes(at address: UInt, count: Int) -> [UInt8]? {
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
    ProcessMemory(process: getpid()).value(at: address, as: type)
  }

  /// An integer at an address; nil when it cannot be read.
  package func value<Value: FixedWidthInteger>(
    at address: UInt, as type: Value.Type
  ) -> Value? {
    guard address != 0, address < 1 << 47 else { return nil }
    var value = Value.zero
    return withUnsafeMutableBytes(of: &value) { copy(address, into: $0) } ? value : nil
  }

  /// The words of a block; nil when it cannot be read.
  static func words(at address: UInt, count: Int) -> [UInt]? {
    guard address != 0, address < 1 << 47, count > 0 else { return nil }
    let memory = ProcessMemory(process: getpid())
    let words = [UInt](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = memory.copy(address, into: UnsafeMutableRawBufferPointer(buffer)) ? count : 0
    }
    return words.isEmpty ? nil : words
  }

  /// The text at an address up to its zero; nil when it cannot be read.
  package func text(at address: UInt, atMost count: Int = 256) -> String? {
    var text: [UInt8] = []
    while text.count < count {
      guard let byte = value(at: address &+ UInt(text.count), as: UInt8.self) else { return nil }
      guard byte != 0 else { break }
      text.append(byte)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func copy(_ address: UInt, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let readVector = Self.readVector else { return false }
    var local = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
    var remote = iovec(
      iov_base: UnsafeMutableRawPointer(bitPattern: address), iov_len: buffer.count)
    return readVector(process, &local, 1, &remote, 1, 0) == buffer.count
  }
}

extension Array {
  /// The array, or nil if it is empty.
  var nonEmpty: [Element]? { isEmpty ? nil : self }
}
