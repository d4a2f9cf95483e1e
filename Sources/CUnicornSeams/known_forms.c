// Instructions that translated code refers to.

#include "known_forms.h"

#include <stdlib.h>
#include <string.h>

// Translated code that refers to as many is given up as a whole.
enum { KNOWN_BUCKETS = 4096, KNOWN_MAX = 1 << 16 };
struct known_forms {
  uint32_t count;
  known_form *bucket[KNOWN_BUCKETS];
};

static uint32_t hash_of(const instruction *i) {
  uint32_t hash = 2166136261u ^ i->code_bits;
  for (int n = 0; n < i->length; n++) hash = (hash ^ i->bytes[n]) * 16777619u;
  return (hash ^ hash >> 16) % KNOWN_BUCKETS;
}

const known_form *seams_know(seams_engine *e, const instruction *i, form f) {
  if (!e->known_forms) e->known_forms = calloc(1, sizeof *e->known_forms);
  if (!e->known_forms) abort();
  known_form **bucket = &e->known_forms->bucket[hash_of(i)];
  for (known_form *k = *bucket; k; k = k->next)
    if (k->i.length == i->length && k->i.code_bits == i->code_bits && memcmp(k->i.bytes, i->bytes, i->length) == 0) return k;
  known_form *k = malloc(sizeof *k);
  if (!k) abort();
  if (++e->known_forms->count == KNOWN_MAX) seams_flush_blocks_later(e);
  *k = (known_form){*i, f, *bucket};
  *bucket = k;
  return k;
}

void seams_forget_forms(seams_engine *e) {
  if (!e->known_forms) return;
  for (int n = 0; n < KNOWN_BUCKETS; n++)
    for (known_form *k = e->known_forms->bucket[n], *next; k; k = next) {
      next = k->next;
      free(k);
    }
  free(e->known_forms);
  e->known_forms = NULL;
}
