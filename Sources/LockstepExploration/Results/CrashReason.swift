internal import CLockstepRuntime
internal import Glibc

/// What a crash is called.
enum CrashReason {
  static func name(_ value: UInt64) -> String {
    switch Int32(truncatingIfNeeded: value) {
    case SIGSEGV: "an access to memory that is not there (SIGSEGV)"
    case SIGILL: "a trap, such as a failed precondition (SIGILL)"
    case SIGTRAP: "a trap, such as a failed precondition (SIGTRAP)"
    case SIGABRT: "an abort (SIGABRT)"
    case SIGBUS: "a bus error (SIGBUS)"
    case SIGFPE: "an arithmetic error (SIGFPE)"
    case SIGKILL: "being killed from outside, as for want of memory (SIGKILL)"
    case Int32(LKS_STUCK): "taking no visible step for too long"
    case Int32(LKS_FREED_TWICE): "freeing a block of memory twice"
    case Int32(LKS_USED_AFTER_FREE): "using memory that was freed"
    case Int32(LKS_DESTROYED_IN_USE): "destroying a lock or the like that is in use"
    case Int32(LKS_BEGUN_IN_USE): "initialising a lock or the like that is in use"
    case Int32(LKS_USED_AFTER_DESTROY): "using a lock or the like that was destroyed"
    case Int32(LKS_UNLOCKED_BY_OTHER): "giving up a lock that it does not hold"
    case Int32(LKS_JOINED_AGAIN): "joining a thread that was joined before"
    case Int32(LKS_RESUMED_TWICE): "resuming a continuation twice"
    default: "signal \(value)"
    }
  }
}
