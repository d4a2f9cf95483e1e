/* For assembly: what the image says of its own ways between unikernel and overlay, for the host that watches them.
 *
 * The section is not loaded: the guest cannot reach it, and it costs no memory. A record is three quadwords: kind, first,
 * second. Image/GateTable.swift reads them and has the kinds' meaning.
 */
#define RECORD_INTERRUPTS 1
#define RECORD_GATES 2
#define RECORD_TEXT 3
#define RECORD_ENTER 4
#define RECORD_ABORT 5
#define RECORD_FUNCTION 6
#define RECORD_FUNCTION_RETURN 7
#define RECORD_OPEN 8
#define RECORD_CLOSE 9
#define RECORD_QUERY 10
#define RECORD_HANDLER_CALL 11
#define RECORD_SWITCH 12
#define RECORD_APPLICATION_TEXT 13
#define RECORD_APPLICATION_DATA 14
#define RECORD_GATE_DATA 15
#define RECORD_MOVED_CODE 16
/* Wherever control comes to between the first address and the second, it has come to the first. */
#define RECORD_WINDOW 17
/* The way out of a gate from the first address to a WRPKRU at the second: what comes behind checks what that has set. */
#define RECORD_CHECKED 18
/* Handlers tell themselves who comes by a way of their own: what they call, and where that comes back to. */
#define RECORD_CHECKED_HANDLERS 19
/* What was interrupted between the first address and the second may go on at the first. */
#define RECORD_RESTART 20
/* The first instruction of a gate that extensions enter by INT3: whose delivery is no interrupt of theirs. */
#define RECORD_INTERRUPT_GATE 21
/* A WRMSR that changes rights, by IA32_PKRS, or gives EFER back. Whoever jumps to it sets another register, and the check comes behind. */
#define RECORD_WRMSR 22

.macro RECORD kind, first, second=0
  .pushsection .uio_gates, "", @progbits
  .quad \kind, \first, \second
  .popsection
.endm
