// Calls `pthread_once` in a frame that learns when it is unwound: by an exception, or a thread's end, out of
// the initialiser. Code in C has no such frames, unless all of it is compiled to.
#if defined(__x86_64__)
  .text
  .globl lks_callOnce
  .hidden lks_callOnce
  .type lks_callOnce, @function
  .p2align 4
lks_callOnce:
  .cfi_startproc
  // 0x9b: by a pointer, which lies so many bytes from here (DWARF, as used in .eh_frame).
  .cfi_personality 0x9b, lks_onceWatcher
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  // What the watcher finds where the frame's stack ends: the control, and above it who called.
  pushq %rcx
  pushq %rsi
  movq %rdi, %rax
  movq %rsi, %rdi
  movq %rdx, %rsi
  callq *%rax
  leaveq
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc
  .size lks_callOnce, .-lks_callOnce

  .section .data.rel.local,"aw",@progbits
  .p2align 3
  .type lks_onceWatcher, @object
lks_onceWatcher:
  .quad lks_watchOnce
  .size lks_onceWatcher, 8
#endif
  .section .note.GNU-stack,"",@progbits
