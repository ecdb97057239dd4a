// The switch from one context to another: stack pointer, thread pointer, and the registers that a
// call preserves (System V ABI, AMD64 supplement, 3.2.1).
#if defined(__x86_64__)
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
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .cfi_endproc
  .size lks_switchStacks, .-lks_switchStacks

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
