/// Why debug information was not read; somebody else may know how to.
enum DWARFError: Error {
  /// It ends too early, or contradicts itself.
  case corrupt
  /// It is in a form that this reader does not know.
  case unsupported
}
