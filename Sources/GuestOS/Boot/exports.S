/* The names of the unikernel that objects may refer to: the only list of them. The loader (Program.swift) knows these and
 * no other symbol of the image; docs/extensions.md describes them. What is listed is kept in the image, used or not.
 *
 * Pairs of addresses, name and value, ended by a pair of zeros.
 */
#ifdef UIO_SHELL
  .macro EXPORT_AS name, value
  .section .rodata.exports.names, "a", @progbits
name_of_\name: .asciz "\name"
  .section .rodata.exports, "a", @progbits
  .quad name_of_\name, \value
  .endm
  .macro EXPORT name
  EXPORT_AS \name, \name
  .endm

  .section .rodata.exports, "a", @progbits
  .p2align 3
#ifdef UIO_SERVICES
  /* Nothing refers to it but its service, in which it may be inlined; attacks look for it by its name. */
  .quad host_ushell_puts
#endif
  .globl kernel_exports
kernel_exports:
  /* extensions/include/ushell.h */
  EXPORT ushell_puts
  EXPORT ushell_write
  EXPORT ushell_put_unsigned
  EXPORT ushell_put_signed
  EXPORT ushell_put_hex
  EXPORT ushell_sleep
#ifdef UIO_SERVICES
  /* There are no windows. Functions are services, behind a gate (hardened.S, ring3.S); variables are names for services. */
  EXPORT ushell_get
  EXPORT ushell_set
  EXPORT ushell_start_counter
  EXPORT ushell_read_counter
  EXPORT ushell_stop_counter
  EXPORT_AS ushell_ticks, service_ticks
  EXPORT_AS set_count, service_set_count
  EXPORT_AS get_count, service_get_count
  EXPORT_AS set_payload_bytes, service_set_payload_bytes
  EXPORT_AS get_payload_bytes, service_get_payload_bytes
  EXPORT_AS get_served, service_get_served
#else
  EXPORT ushell_enable_write
  EXPORT ushell_disable_write
  EXPORT ushell_write_is_enabled
  EXPORT ushell_ticks
#endif
  EXPORT ushell_test_pages
  /* The application. */
  EXPORT count
  EXPORT secret
  EXPORT payload_bytes
#ifndef UIO_SERVICES
  EXPORT set_count
  EXPORT get_count
  EXPORT set_payload_bytes
  EXPORT get_payload_bytes
  EXPORT get_served
#endif
#ifdef UIO_BPF
  /* The gate of BPF programs' helpers (extensions/rogue-helper.c). */
  EXPORT bpf_helper
#endif
  /* What compilers call unasked: memory.c, arithmetic.c; at CPL 3 what user.c makes of them. */
#ifdef UIO_RING3
  EXPORT_AS memcpy, user_memcpy
  EXPORT_AS memmove, user_memmove
  EXPORT_AS memset, user_memset
  EXPORT_AS memcmp, user_memcmp
  EXPORT_AS __popcountdi2, user_popcountdi2
  EXPORT_AS __paritydi2, user_paritydi2
  EXPORT_AS __udivti3, user_udivti3
  EXPORT_AS __umodti3, user_umodti3
  EXPORT_AS __udivmodti4, user_udivmodti4
  EXPORT_AS __divti3, user_divti3
  EXPORT_AS __modti3, user_modti3
#else
  EXPORT memcpy
  EXPORT memmove
  EXPORT memset
  EXPORT memcmp
  EXPORT __popcountdi2
  EXPORT __paritydi2
  EXPORT __udivti3
  EXPORT __umodti3
  EXPORT __udivmodti4
  EXPORT __divti3
  EXPORT __modti3
#endif
  .quad 0, 0
#endif
