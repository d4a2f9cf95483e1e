/* Where calls of traced functions come by: from the call that was written over a function's first bytes, or from the
 * breakpoint's handler (probes.c). On top of the stack is where the function goes on, below it the caller's return
 * address. All registers and flags, and PKRU, are given back as they were found.
 *
 * Nothing in this section, and nothing that it calls before probe_active is set, may be traced (guest.ld: noprobe_end).
 */
#include "gatetable.h"
#include "registers.h"

#ifdef UIO_BPF
  .section .bss.gates, "aw", @nobits
  .p2align 3
  .globl probe_active, probe_missed, probe_stack_top
probe_missed: .skip 8
probe_stack_top: .skip 8
probe_active: .skip 1
probe_data_end:
  RECORD RECORD_GATE_DATA, probe_missed, probe_data_end

/* Instructions that breakpoints took the place of. */
  .section .bss_pages, "aw", @nobits
  .globl moved_code
  .p2align 12
moved_code: .skip 4096
  RECORD RECORD_MOVED_CODE, moved_code, moved_code + 4096

  .section .text.probes, "ax", @progbits
  .globl probe_trampoline
  .p2align 4
probe_trampoline:
  pushfq
  cld
  PUSH_GENERAL_REGISTERS
  movq %rsp, %rbx
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 1f
  xorl %ecx, %ecx
  rdpkru
  movl %eax, %r12d
  xorl %eax, %eax
  wrpkru
1:
#endif
  /* The unikernel's own code from here on, as behind a gate: a budget that ends meanwhile takes effect afterwards. */
  incl host_call_depth(%rip)
  /* What a program needs may be traced itself: such calls are counted and not followed. */
  cmpb $0, probe_active(%rip)
  jne 2f
  movb $1, probe_active(%rip)
  movq probe_stack_top(%rip), %rsp
  movq %rbx, %rdi
  xorl %ebp, %ebp
  call probe_dispatch
6:
  RECORD RECORD_FUNCTION, probe_trampoline, probe_dispatch
  RECORD RECORD_FUNCTION_RETURN, probe_trampoline, 6b
  movq %rbx, %rsp
  movb $0, probe_active(%rip)
  jmp 3f
2:
  incq probe_missed(%rip)
3:
  decl host_call_depth(%rip)
  jnz 5f
  cmpb $0, overlay_abort_pending(%rip)
  je 5f
  int $0x81
5:
#ifdef UIO_KEYS
  cmpb $0, protection_keys_active(%rip)
  je 4f
  movl %r12d, %eax
  xorl %ecx, %ecx
  xorl %edx, %edx
  wrpkru
4:
#endif
  POP_GENERAL_REGISTERS
  popfq
  ret
#endif
