/// One machine instruction of this process's code.
package struct Instruction: Equatable, Sendable {
  /// What it does to the memory that the instrumentation announced.
  package enum Access: String, Sendable {
    case read
    case write
    /// An atomic operation that the runtime carries out.
    case readAndWrite
  }

  /// In this process's memory.
  package var address: UInt
  /// As the executable's file counts, and as `objdump` prints it.
  package var fileAddress: UInt
  /// In AT&T's syntax: `add 0x10(%r13),%ebx`.
  package var text: String
  /// The access that it is.
  package var access: Access?
  /// The access that it announces to the runtime, which is the one to come.
  package var announces: Access?
  package var location: SourceLocation?

  package init(
    address: UInt, fileAddress: UInt, text: String, access: Access? = nil,
    announces: Access? = nil, location: SourceLocation? = nil
  ) {
    self.address = address
    self.fileAddress = fileAddress
    self.text = text
    self.access = access
    self.announces = announces
    self.location = location
  }

  /// As the JSON has it, which knows reads and writes only.
  package var reported: ReportedInstruction {
    ReportedInstruction(
      address: "0x" + String(fileAddress, radix: 16), text: text,
      access: access.map { $0 == .read ? "read" : "write" }, line: location?.line)
  }
}
