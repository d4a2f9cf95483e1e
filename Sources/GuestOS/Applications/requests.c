/* The application `requests`: what extensions may call, and the steps of a request, to which programs may be attached.
 *
 * Everything follows from the setup: the same requests, replies and digest on every machine. RequestsModel.swift of the tests does
 * the same in Swift. */
#include "requests.h"
#include "traceable.h"

volatile uint64_t payload_bytes;
uint64_t requests_served, requests_updates, requests_digest;

static struct requests_setup server;
static uint64_t generator;

/* SplitMix64. */
static uint64_t draw(void) {
  uint64_t value = generator += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

/* One step of a checksum that depends on the order of what is added. */
static uint64_t add(uint64_t sum, uint64_t word) { return ((sum << 5 | sum >> 59) ^ word) * 0x100000001b3; }

void requests_start(const struct requests_setup *setup, uint64_t bytes) {
  server = *setup;
  generator = setup->seed;
  payload_bytes = bytes;
}

TRACEABLE void receive_request(struct request *request) {
  const uint64_t head = draw();
  /* An extension may have stored anything. */
  const uint64_t wanted = payload_bytes;
  const uint64_t bytes = wanted > REQUEST_PAYLOAD_MAX ? REQUEST_PAYLOAD_MAX : wanted;
  request->key = (head >> 32) * server.keys >> 32;
  request->is_update = (head & 0xffffffff) * 100 >> 32 < server.update_percent;
  request->bytes = bytes;
  request->payload = server.received;
  request->payload[0] = 0;
  for (uint64_t at = 0; at < (bytes + 7) / 8; at++) request->payload[at] = draw();
  if (bytes % 8) request->payload[bytes / 8] &= ((uint64_t)1 << bytes % 8 * 8) - 1;
}

/* The place of a key, or the free one where it would be. Without a nop at its entry: programs are attached by a breakpoint. */
__attribute__((used, noinline)) struct request_entry *lookup_entry(uint64_t key) {
  uint64_t place = key * 0x9e3779b97f4a7c15 >> 32;
  for (;; place++) {
    struct request_entry *entry = &server.table[place & (server.table_size - 1)];
    if (!entry->key || entry->key == key) return entry;
  }
}

TRACEABLE void process_request(const struct request *request, struct reply *reply) {
  struct request_entry *entry = lookup_entry(request->key + 1);
  const uint64_t words = (request->bytes + 7) / 8;
  uint64_t sum = add(request->key, request->bytes);
  reply->payload = server.sent;
  for (uint64_t at = 0; at < words; at++) {
    reply->payload[at] = request->payload[at];
    sum = add(sum, request->payload[at]);
  }
  for (uint64_t step = 0, at = 0; step < server.work; step++) {
    sum = add(sum, request->payload[at]);
    if (++at >= words) at = 0;
  }
  if (request->is_update) {
    entry->key = request->key + 1;
    entry->version++;
    entry->value = sum;
  }
  reply->version = entry->version;
  reply->value = entry->value;
  reply->bytes = request->bytes;
  reply->is_update = request->is_update;
  reply->checksum = add(add(sum, reply->version), reply->value);
}

TRACEABLE void send_reply(const struct reply *reply) {
  requests_updates += reply->is_update;
  requests_digest = add(requests_digest, reply->checksum);
  requests_served++;
}

void serve_request(void) {
  struct request request;
  struct reply reply;
  receive_request(&request);
  process_request(&request, &reply);
  send_reply(&reply);
}

TRACEABLE void set_payload_bytes(uint64_t bytes) {
  payload_bytes = bytes > REQUEST_PAYLOAD_MAX ? REQUEST_PAYLOAD_MAX : bytes;
}

TRACEABLE uint64_t get_payload_bytes(void) { return payload_bytes; }

TRACEABLE uint64_t get_served(void) { return requests_served; }

TRACEABLE void requests_done(void) { __asm__ volatile(""); }
