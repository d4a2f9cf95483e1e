# Boots a bare-metal benchmark by PVH: long mode, the first GiB mapped with 2 MiB pages, one page with protection key 1
# at 0x40000000, the local APIC at its own address, then `kernel`, then the debug-exit port.
  .section .note.pvh, "a", @note
  .long 4, 4, 18
  .asciz "Xen"
  .long start

  .code32
  .section .text.start, "ax"
  .globl start
start:
  cld
  movl $pd, %edi                  # 512 pages of 2 MiB: present, writable, user, accessed, dirty, large
  movl $0xe7, %eax
  movl $512, %ecx
1:
  movl %eax, (%edi)
  movl $0, 4(%edi)
  addl $0x200000, %eax
  addl $8, %edi
  loop 1b
  movl $pdpt + 7, pml4
  movl $pd + 7, pdpt
  movl $pd_keyed + 7, pdpt + 8
  movl $pt_keyed + 7, pd_keyed
  movl $keyed_page + 0x67, pt_keyed
  movl $0x08000000, pt_keyed + 4  # key 1
  movl $pd_devices + 7, pdpt + 24
  movl $0xfee000e7, pd_devices + 8 * 503
  movl $pml4, %eax
  movl %eax, %cr3
  movl $0x620, %eax               # PAE, OSFXSR, OSXMMEXCPT
  movl %eax, %cr4
  movl $0xc0000080, %ecx
  rdmsr
  orl $0x100, %eax
  wrmsr
  movl $0x80010033, %eax
  movl %eax, %cr0
  lgdt gdt_register
  ljmp $8, $long_mode

  .code64
long_mode:
  movl $16, %eax
  movl %eax, %ds
  movl %eax, %es
  movl %eax, %ss
  movl $stack_top, %esp
  movl $7, %eax
  xorl %ecx, %ecx
  cpuid
  testl $8, %ecx                  # PKU
  jz 2f
  movq %cr4, %rax
  orl $0x400000, %eax
  movq %rax, %cr4
2:
  call kernel
  movl $0, %eax
  outl %eax, $0xf4
3:
  hlt
  jmp 3b

  .section .rodata
  .balign 8
gdt:
  # Code and data of CPL 0, then what SYSRET takes: a gap, data and code of CPL 3.
  .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0, 0x00cff3000000ffff, 0x00affb000000ffff
gdt_register:
  .word 47
  .quad gdt

  .bss
  .balign 4096
pml4: .skip 4096
pdpt: .skip 4096
pd: .skip 4096
pd_keyed: .skip 4096
pt_keyed: .skip 4096
pd_devices: .skip 4096
keyed_page: .skip 4096
  .skip 65536
stack_top:
