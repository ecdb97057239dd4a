// The switch from one context to another: stack pointer, thread pointer, and the registers that a
// call preserves (System V ABI, AMD64 supplement, 3.2.1).
#if defined(__x86_64__)
// What the switch leaves on a stack, from its end on.
.macro POP_PRESERVED
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
.endm

  .text

// void lks_switchStacks(void **saved, void *stackPointer, void *threadPointer)
  .globl lks_switchStacks
  .hidden lks_switchStacks
  .type lks_switchStacks, @function
  .p2align 4
lks_switchStacks:
  .cfi_startproc
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  wrfsbase %rdx
  POP_PRESERVED
  retq
  .cfi_endproc
  .size lks_switchStacks, .-lks_switchStacks

// long lks_startContext(long flags, void *stackPointer, void *threadPointer): clone(2), and in the new
// kernel thread what is behind the switch above.
  .globl lks_startContext
  .hidden lks_startContext
  .type lks_startContext, @function
  .p2align 4
lks_startContext:
  .cfi_startproc
  movq %rdx, %r8
  xorl %edx, %edx
  xorl %r10d, %r10d
  movl $56, %eax
  syscall
  testq %rax, %rax
  jnz 1f
  POP_PRESERVED
1:
  retq
  .cfi_endproc
  .size lks_startContext, .-lks_startContext

// void lks_leaveContext(_Atomic uint32_t *turn): gives another its turn, and ends the kernel thread
// without touching its stack: futex(2), FUTEX_WAKE_PRIVATE, and exit(2).
  .globl lks_leaveContext
  .hidden lks_leaveContext
  .type lks_leaveContext, @function
  .p2align 4
lks_leaveContext:
  .cfi_startproc
  movl $1, (%rdi)
  movl $129, %esi
  movl $0x7fffffff, %edx
  movl $202, %eax
  syscall
  xorl %edi, %edi
  movl $60, %eax
  syscall
  ud2
  .cfi_endproc
  .size lks_leaveContext, .-lks_leaveContext

// First frame of an adopted context: %rbx holds the thread. Unwinding ends here.
  .globl lks_contextEntry
  .hidden lks_contextEntry
  .type lks_contextEntry, @function
  .p2align 4
lks_contextEntry:
  .cfi_startproc
  .cfi_undefined rip
  movq %rbx, %rdi
  callq lks_contextMain
  ud2
  .cfi_endproc
  .size lks_contextEntry, .-lks_contextEntry
#endif
  .section .note.GNU-stack,"",@progbits
