/// The version of this command line, and of the package that it comes from.
enum Version {
  static let current = "0.1.0"
}
