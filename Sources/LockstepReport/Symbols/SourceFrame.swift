/// One function at one place of its source; several at one program counter are inlined calls.
package struct SourceFrame: Hashable, Sendable {
  /// Nil where nothing is known but the function.
  package var location: SourceLocation?
  /// The function's name as people write it: `Bank.transfer(from:to:)`.
  package var function: String?
  /// Whether a person wrote that place in a file of this program.
  package var isUserCode: Bool
  /// Whether its file is not there, and is none of the toolchain's or the system's: it counts where no
  /// other frame is the person's, as in what was preprocessed elsewhere.
  package var isOfAbsentFile: Bool

  package init(
    location: SourceLocation?, function: String?, isUserCode: Bool, isOfAbsentFile: Bool = false
  ) {
    self.location = location
    self.function = function
    self.isUserCode = isUserCode
    self.isOfAbsentFile = isOfAbsentFile
  }
}

extension [SourceFrame] {
  /// The innermost frame that is in a file of the program, past what the libraries inlined into it.
  package var firstUserFrame: SourceFrame? {
    first(where: \.isUserCode) ?? first(where: \.isOfAbsentFile)
  }
}
