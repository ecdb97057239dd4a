/// A result that something else is to give.
final class Given: @unchecked Sendable {
  var value = 0
}
