internal import Foundation

/// Standard error, where everything goes that is not the answer.
package enum StandardError {
  /// Writes the text as whole lines.
  package static func write(_ text: String) {
    writeLines(text, to: STDERR_FILENO)
  }
}

/// Standard output, where the answer goes.
package enum StandardOutput {
  /// Writes the text as whole lines.
  package static func write(_ text: String) {
    writeLines(text, to: STDOUT_FILENO)
  }
}

/// Writes past the C library's buffers: what children wrote before stays before.
private func writeLines(_ text: String, to descriptor: Int32) {
  guard !text.isEmpty else { return }
  var rest = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if errno != EINTR {
      return
    }
  }
}
