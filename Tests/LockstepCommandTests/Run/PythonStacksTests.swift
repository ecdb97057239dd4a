import Testing

@testable import LockstepCommand

@Suite struct `Python's stacks` {
  @Test func `are read as CPython writes them`() {
    let stacks = PythonStacks(
      text: """
        Thread 0x00007f2b10 (most recent call first):
          File "/tmp/a \\"b\\".py", line 12 in transfer
          File "/usr/lib/python3.11/threading.py", line 975 in run

        Current thread 0x00007F2B20 [main] (most recent call first):
          File "bank.py", line 30 in <module>
          ...
        Thread 0x00007f2b30 (most recent call first):
          <no Python frame>

        """
    ).stacks
    #expect(stacks[0x7f2b10]?.map(\.line) == [12, 975])
    #expect(stacks[0x7f2b10]?.first?.function == "transfer")
    #expect(stacks[0x7f2b20]?.map(\.text) == ["<module> (bank.py:30)"])
    #expect(stacks[0x7f2b30] == nil)
  }
}
