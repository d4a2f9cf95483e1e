// Shows: online reconfiguration of a server that goes on serving: how many bytes its requests bring.
// Usage: run set-payload.o [BYTES], 1024 if there is none; at most 65,536.
// Expected: prints "payload: OLD -> NEW"; returns 0, or 1 if the change was lost.
#include "number.h"
#include "ushell.h"

int main(int argc, char **argv) {
  const uint64_t bytes = number_argument(argc, argv, 1, 1024);
  ushell_puts("payload: ");
  ushell_put_unsigned(get_payload_bytes());
  USHELL_CALL(set_payload_bytes(bytes));
  const uint64_t now = get_payload_bytes();
  ushell_puts(" -> ");
  ushell_put_unsigned(now);
  ushell_puts("\n");
  return now == bytes ? 0 : 1;
}
