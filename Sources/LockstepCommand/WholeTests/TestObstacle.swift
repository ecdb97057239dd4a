/// Why there is nothing to say of a test that was to be explored as a whole program.
enum TestObstacle: Error, Equatable {
  /// It has Lockstep's trait, and was explored with the others.
  case exploresItself
  /// Its runner ended without coming to it: it is disabled, or has fewer cases.
  case didNotRun(how: String)
}
