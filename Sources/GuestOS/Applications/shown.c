/* The one list of what BPF programs may read of the applications under `ebpf-verified`. The secret is not in it. */
#include "shown.h"
#include "count.h"
#include "requests.h"

#define VARIABLE(name) {&name, sizeof name, SHOWN_VARIABLE}
#define ARGUMENT(function, number, type) {(const volatile void *)function, sizeof(type), number}

const struct shown_memory shown_memory[] = {
    VARIABLE(count),
    VARIABLE(payload_bytes),
    VARIABLE(requests_served),
    VARIABLE(requests_updates),
    VARIABLE(requests_digest),
    ARGUMENT(process_request, 0, struct request),
    ARGUMENT(send_reply, 0, struct reply),
    {0, 0, 0},
};
