// Calls out of the program are counted on their thread, and go on with every register as it was but for
// %r11, which is the linkage's own to use (System V ABI, 3.2.1).
#include "outgoing.h"

#if defined(__x86_64__)
  .text
  .type lks_countOutgoing, @function
  .p2align 4
lks_countOutgoing:
  pushq %rax
  movq lks_current@GOTTPOFF(%rip), %rax
  movq %fs:(%rax), %rax
  testq %rax, %rax
  jz 1f
  incl LKS_UNSEEN_OFFSET(%rax)
1:
  movq lks_outgoingTargets@GOTPCREL(%rip), %rax
  movq (%rax,%r11,8), %r11
  popq %rax
  jmpq *%r11
  .size lks_countOutgoing, .-lks_countOutgoing

  .globl lks_outgoingStubs
  .hidden lks_outgoingStubs
  .type lks_outgoingStubs, @object
  .p2align 4
lks_outgoingStubs:
  .set lks_index, 0
  .rept LKS_MAXIMUM_OUTGOING
  .p2align 4
  movl $lks_index, %r11d
  jmp lks_countOutgoing
  .set lks_index, lks_index + 1
  .endr
  .size lks_outgoingStubs, .-lks_outgoingStubs
#endif
  .section .note.GNU-stack,"",@progbits
