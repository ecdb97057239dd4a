/// Calls out of the program: see outgoing.c. Read by C and by the assembler.
#ifndef LKS_OUTGOING_H
#define LKS_OUTGOING_H

/// Most functions of libraries whose calls are noticed.
#define LKS_MAXIMUM_OUTGOING 4096
/// Where a thread counts what it did unseen: `offsetof(LKSThread, unseenChanges)`.
#define LKS_UNSEEN_OFFSET 44

#endif
