/// What a thread that is not at a lock does, in a few words.
enum SystemCallName {
  /// The calls of x86-64 in which threads sleep most: see arch/x86/entry/syscalls/syscall_64.tbl.
  private static let names: [Int: String] = [
    0: "read", 1: "write", 7: "poll", 23: "select", 34: "pause", 35: "nanosleep", 42: "connect",
    43: "accept", 44: "sendto", 45: "recvfrom", 46: "sendmsg", 47: "recvmsg", 61: "wait4",
    128: "rt_sigtimedwait", 130: "rt_sigsuspend", 202: "futex", 230: "clock_nanosleep",
    232: "epoll_wait", 247: "waitid", 270: "pselect6", 271: "ppoll", 281: "epoll_pwait",
    288: "accept4",
  ]

  static func phrase(_ task: TaskState?) -> String {
    guard let task, let call = task.call else { return "runs" }
    if call.number == 202 { return "waits with a time limit, or for another process" }
    return names[call.number].map { "is in the system call '\($0)'" }
      ?? "is in system call \(call.number)"
  }
}
