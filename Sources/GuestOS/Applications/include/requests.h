/* The application `requests`: a server that makes its own requests, one after the other. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <stdint.h>

/* The most that a request can bring, in bytes. */
#define REQUEST_PAYLOAD_MAX 65536

/* A place in the table of values: 0 as key is a free one. */
struct request_entry {
  uint64_t key, version, value;
};

/* What requests are drawn from, and what serves them. */
struct requests_setup {
  uint64_t keys;           /* 1 to 65,536 */
  uint64_t update_percent; /* 0 to 100 */
  uint64_t work;           /* further steps over the payload for each request */
  uint64_t seed;
  /* Places, all free: a power of two, and more than there are keys. */
  struct request_entry *table;
  uint64_t table_size;
  /* REQUEST_PAYLOAD_MAX bytes each. */
  uint64_t *received, *sent;
};

struct request {
  uint64_t key, bytes, is_update;
  uint64_t *payload;
};

struct reply {
  /* How often the key was updated, 0 if never, and the value of the last time. */
  uint64_t version, value, bytes, is_update, checksum;
  uint64_t *payload;
};

/* What each request brings, in bytes; a change holds from the next request on. */
extern volatile uint64_t payload_bytes;
static inline uint64_t payload_bytes_address(void) { return (uint64_t)&payload_bytes; }
extern uint64_t requests_served, requests_updates, requests_digest;
static inline uint64_t served_requests(void) { return requests_served; }
static inline uint64_t served_updates(void) { return requests_updates; }
/* Of all replies, in their order. */
static inline uint64_t served_digest(void) { return requests_digest; }

void requests_start(const struct requests_setup *setup, uint64_t bytes);
/* The steps of a request that take structures which are shown to programs (shown.c). */
void process_request(const struct request *request, struct reply *reply);
void send_reply(const struct reply *reply);
/* Receives, processes and answers one request. */
void serve_request(void);
void set_payload_bytes(uint64_t bytes);
uint64_t get_payload_bytes(void);
uint64_t get_served(void);
/* Called once, when all requests are served: for whoever waits for that. */
void requests_done(void);

#endif
