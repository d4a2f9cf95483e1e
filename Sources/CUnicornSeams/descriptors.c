#include "descriptors.h"

uint64_t cpu_ldq_mmuidx_ra_x86_64(void *env, uint64_t address, int mmu_index, uintptr_t ra);
void cpu_stl_mmuidx_ra_x86_64(void *env, uint64_t address, uint32_t value, int mmu_index, uintptr_t ra);

int seams_implicit_index(const seams_engine *e) {
  return seams_cr(e, 4) & CR4_SMAP ? SEAMS_SUPERVISOR_SMAP : SEAMS_SUPERVISOR;
}

static descriptor read_from(seams_engine *e, int table_at, uint32_t selector, uint32_t bytes, uintptr_t ra) {
  const uint8_t *table = (const uint8_t *)e->env + table_at;
  uint32_t offset = selector & SELECTOR_INDEX;
  if (offset + bytes - 1 > FIELD(uint32_t, table, 16)) seams_raise(e, VECTOR_GP, seams_selector_code(selector), ra);
  descriptor d = {.selector = selector, .address = FIELD(uint64_t, table, 8) + offset};
  d.raw = cpu_ldq_mmuidx_ra_x86_64(e->env, d.address, seams_implicit_index(e), ra);
  d.attributes = (uint32_t)(d.raw >> 32);
  if (bytes == 16) d.upper_base = cpu_ldq_mmuidx_ra_x86_64(e->env, d.address + 8, seams_implicit_index(e), ra) << 32;
  return d;
}

descriptor seams_read_descriptor(seams_engine *e, uint32_t selector, uintptr_t ra) {
  return read_from(e, selector & SELECTOR_TABLE ? ENV_LDT : ENV_GDT, selector, 8, ra);
}

descriptor seams_read_system_descriptor(seams_engine *e, uint32_t selector, uintptr_t ra) {
  bool is_long_mode = FIELD(uint64_t, e->env, ENV_EFER) >> 10 & 1;
  if (selector & SELECTOR_TABLE) seams_raise(e, VECTOR_GP, seams_selector_code(selector), ra);
  return read_from(e, ENV_GDT, selector, is_long_mode ? 16 : 8, ra);
}

void seams_write_attributes(seams_engine *e, const descriptor *d, uint32_t attributes, uintptr_t ra) {
  cpu_stl_mmuidx_ra_x86_64(e->env, d->address + 4, attributes, seams_implicit_index(e), ra);
}

uint64_t seams_descriptor_base(const descriptor *d) {
  uint32_t low = (uint32_t)d->raw >> 16 | (d->attributes & 0xff) << 16 | (d->attributes & 0xff000000);
  return d->upper_base | low;
}

void seams_set_segment(seams_engine *e, int at, const descriptor *d, uint32_t selector) {
  uint8_t *to = (uint8_t *)e->env + at;
  uint32_t limit = ((uint32_t)d->raw & 0xffff) | (d->attributes & 0xf0000);
  FIELD(uint32_t, to, 0) = selector;
  FIELD(uint64_t, to, 8) = seams_descriptor_base(d);
  FIELD(uint32_t, to, 16) = d->attributes & GRANULAR ? limit << 12 | 0xfff : limit;
  FIELD(uint32_t, to, 20) = d->attributes;
}
