/* Entry from both boot protocols into one 64-bit start.
 *
 * PVH: 32-bit protected mode without paging, EBX = hvm_start_info (Xen's docs/misc/pvh.pandoc).
 * Linux 64-bit: long mode, identity-mapped, RSI = boot_params (Linux Documentation/arch/x86/boot.rst).
 */
#include "gatetable.h"

  .section .note.pvh, "a", @note
  .p2align 2
  .long 4, 8, 18              /* name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY */
  .asciz "Xen"
  .quad pvh_entry

  .section .text.boot, "ax", @progbits
#ifdef UIO_HARDENED
/* Pages of its own, which are unmapped when the system registers are set: then no instruction that sets one can be executed, by
 * whatever jump. A check behind such an instruction would come too late. */
  .p2align 12
  .globl boot_text, once_write_cr3, once_write_cr4, once_write_msr, once_load_global, once_load_interrupts, once_load_task
boot_text:
once_write_cr3:
  movq %rdi, %cr3
  ret
once_write_cr4:
  movq %rdi, %cr4
  ret
/* RDI: the index, RSI: the value. */
  .macro WRITE_MSR
  movl %edi, %ecx
  movl %esi, %eax
  movq %rsi, %rdx
  shrq $32, %rdx
  wrmsr
  ret
  .endm
once_write_msr:
  WRITE_MSR
/* RDI: the index. */
  .globl once_read_msr
once_read_msr:
  movl %edi, %ecx
  rdmsr
  shlq $32, %rdx
  orq %rdx, %rax
  ret
once_load_global:
  lgdt (%rdi)
  ret
once_load_interrupts:
  lidt (%rdi)
  ret
once_load_task:
  ltr %di
  ret
/* For performance counters, while the unikernel maps this page and lets nobody else run (Kernel/Overlay/PerformanceCounters.swift). */
  .p2align 12
  .globl counter_text, counter_write_msr
counter_text:
counter_write_msr:
  WRITE_MSR
  .p2align 12
#endif
  .code32
  .globl pvh_entry
pvh_entry:
  cli
  cld
  movl %ebx, %ebp
  /* One page directory of 2 MiB pages maps the first GiB until the kernel has its own tables. */
  movl $boot_page_directory, %edi
  movl $0x83, %eax            /* present, writable, page size */
  movl $512, %ecx
1:
  movl %eax, (%edi)
  addl $0x200000, %eax
  addl $8, %edi
  decl %ecx
  jnz 1b
  movl $(boot_pdpt + 3), boot_pml4
  movl $(boot_page_directory + 3), boot_pdpt
  movl $boot_pml4, %eax
  movl %eax, %cr3
  movl $0x20, %eax            /* CR4.PAE */
  movl %eax, %cr4
  movl $0xc0000080, %ecx      /* EFER.LME */
  rdmsr
  orl $0x100, %eax
  wrmsr
  movl $0x80000011, %eax      /* CR0: PG, ET, PE */
  movl %eax, %cr0
  lgdt boot_gdt_pointer
  ljmp $8, $1f

  .code64
1:
  xorl %edi, %edi             /* protocol 0 */
  movl %ebp, %esi
  jmp start

  .globl linux_entry
linux_entry:
  cli
  cld
  movl $1, %edi               /* protocol 1 */

start:
  /* CR0.WP: without it, code at CPL 0 writes what pages and keys protect. Linux's protocol leaves it open. */
  movq %cr0, %rax
  orl $0x10000, %eax
  movq %rax, %cr0
  movl $boot_stack_top, %esp
  lgdt boot_gdt_pointer
  pushq $8
  pushq $1f
  lretq
1:
  movl $16, %eax
  movl %eax, %ds
  movl %eax, %es
  movl %eax, %ss
  xorl %eax, %eax
  movl %eax, %fs
  movl %eax, %gs
  movq %rdi, boot_protocol(%rip)
  movq %rsi, boot_information(%rip)
  xorl %ebp, %ebp
  xorl %edi, %edi
  xorl %esi, %esi
  call main
1:
  hlt
  jmp 1b

  .section .rodata.boot, "a", @progbits
  .p2align 3
boot_gdt:
  .quad 0
  .quad 0x00af9b000000ffff    /* 64-bit code, accessed */
  .quad 0x00cf93000000ffff    /* data, accessed */
boot_gdt_pointer:
  .word 23
  .quad boot_gdt

  .bss
  .p2align 12
boot_pml4: .skip 4096
boot_pdpt: .skip 4096
boot_page_directory: .skip 4096
  .globl boot_page_directory, boot_stack, boot_stack_top, boot_command_line, protection_keys_active
boot_stack: .skip 16384
boot_stack_top:
boot_command_line: .skip 2048
#ifndef UIO_HARDENED
  .section .bss.gates, "aw", @nobits
protection_keys_active: .skip 8
  RECORD RECORD_GATE_DATA, protection_keys_active, protection_keys_active + 8
#endif
  .bss
  .globl boot_protocol, boot_information
boot_protocol: .skip 8
boot_information: .skip 8

/* Until the build script links the table of symbols, there are none. */
  .section .uio_symbols, "a", @progbits
  .p2align 3
  .weak symbol_table
symbol_table: .quad 0
