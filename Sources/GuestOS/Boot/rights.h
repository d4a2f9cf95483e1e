/* For assembly: the register of rights that an image with the designs mpk-hardened or pks-hardened uses, and how it is set.
 *
 * The value is in EAX. ECX and EDX are lost.
 */
#ifdef UIO_PKS
/* The bit of CR4 with which keys bind. */
#define KEYS_ENABLED 24
#define IA32_PKRS 0x6e1
  .macro WRITE_RIGHTS
.Lwrmsr_\@:
  wrmsr
  RECORD RECORD_WRMSR, .Lwrmsr_\@
  .endm
  .macro SELECT_RIGHTS
  movl $IA32_PKRS, %ecx
  xorl %edx, %edx
  .endm
/* Behind each WRMSR: who jumps to one has chosen the register as well, by ECX. With another value in EDX than 0 WRMSR to IA32_PKRS is #GP
 * (SDM vol. 4, table 2-2), so nobody has to look at that. */
  .macro CHECK_REGISTER
  cmpl $IA32_PKRS, %ecx
  jne register_forged
  .endm

/* EFER as the boot leaves it: LME, LMA, NXE. Without NXE the bit that forbids execution is reserved, so that no page of data can be reached:
 * gates and handlers set it by constants alone, and before they touch memory. */
#define IA32_EFER 0xc0000080
#define OWN_EFER 0xd00
  .macro REPAIR_EFER
  movl $IA32_EFER, %ecx
  movl $OWN_EFER, %eax
  xorl %edx, %edx
  WRITE_RIGHTS
  .endm
#else
#define KEYS_ENABLED 22
#define WRITE_RIGHTS wrpkru
  .macro SELECT_RIGHTS
  xorl %ecx, %ecx
  xorl %edx, %edx
  .endm
/* WRPKRU has one register, and with another value than 0 in ECX or EDX it is #GP. */
  .macro CHECK_REGISTER
  .endm
#endif
