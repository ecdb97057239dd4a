// Entry points of Swift's libraries whose arguments C cannot name: they are noticed, and go on with
// every register as it was (Swift's calling convention passes in the context and error registers too).
#include "task_calls.h"

#if defined(__x86_64__)
  .text

  // The handler is given the index, the return address, the first two arguments and Swift's context
  // register, in which a method finds its value, and returns where to go on.
  .macro LKS_NOTICED name, index, handler
  .globl "\name"
  .type "\name", @function
  .p2align 4
"\name":
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  pushq %rax
  pushq %rdi
  pushq %rsi
  pushq %rdx
  pushq %rcx
  pushq %r8
  pushq %r9
  pushq %r10
  pushq %r13
  pushq %r14
  subq $128, %rsp
  movups %xmm0, 0(%rsp)
  movups %xmm1, 16(%rsp)
  movups %xmm2, 32(%rsp)
  movups %xmm3, 48(%rsp)
  movups %xmm4, 64(%rsp)
  movups %xmm5, 80(%rsp)
  movups %xmm6, 96(%rsp)
  movups %xmm7, 112(%rsp)
  movq %rsi, %rcx
  movq %rdi, %rdx
  movl $\index, %edi
  movq 8(%rbp), %rsi
  movq %r13, %r8
  callq \handler
  movq %rax, %r11
  movups 0(%rsp), %xmm0
  movups 16(%rsp), %xmm1
  movups 32(%rsp), %xmm2
  movups 48(%rsp), %xmm3
  movups 64(%rsp), %xmm4
  movups 80(%rsp), %xmm5
  movups 96(%rsp), %xmm6
  movups 112(%rsp), %xmm7
  addq $128, %rsp
  popq %r14
  popq %r13
  popq %r10
  popq %r9
  popq %r8
  popq %rcx
  popq %rdx
  popq %rsi
  popq %rdi
  popq %rax
  popq %rbp
  .cfi_def_cfa %rsp, 8
  jmpq *%r11
  .cfi_endproc
  .size "\name", .-"\name"
  .endm

  LKS_NOTICED swift_setAtReferenceWritableKeyPath, 0, lks_noteKeyPath
  LKS_NOTICED swift_modifyAtReferenceWritableKeyPath, 1, lks_noteKeyPath

#define LKS_NOTICE_CALL(name, index, call) LKS_NOTICED name, index, lks_noteTaskCall ;
  LKS_TASK_CALLS(LKS_NOTICE_CALL)
#endif
  .section .note.GNU-stack,"",@progbits
