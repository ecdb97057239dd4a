import Testing

@testable import LockstepReport

@Suite struct `Names of C++` {
  @Test(arguments: [
    ("Counter::increment()", "Counter::increment"),
    ("Counter::total() const", "Counter::total"),
    ("void std::thread::run<int, char>(int, std::vector<int>&&)", "std::thread::run"),
    ("main::{lambda(int)#1}::operator()(int) const", "main::{lambda #1}::operator()"),
    ("(anonymous namespace)::take(std::mutex&, std::mutex&)", "take"),
    ("bool operator==(Point const&, Point const&)", "operator=="),
    ("left", "left"),
    ("ns::left[abi:cxx11]", "ns::left"),
  ])
  func `are those without parameters, results and template arguments`(full: String, short: String) {
    #expect(CxxName.shorten(full) == short)
  }

  @Test func `are told from those of others`() {
    #expect(CxxName.shortName("_ZN7Counter9incrementEv") == "Counter::increment")
    #expect(CxxName.shortName("_ZL4left") == "left")
    #expect(CxxName.shortName("main") == nil)
    #expect(CxxName.shortName("$s4main3incyyF") == nil)
    #expect(CxxName.shortName("_Znonsense") == nil)
  }
}
