// The simulator's callbacks, each marked as no part of the library while it runs.

#include "engine.h"
#include "guard.h"
#include "guard_frame.h"

static seams_engine *enter(void *engine) {
  if (seams_guard_innermost) seams_guard_innermost->callbacks++;
  seams_take_units_back(engine);
  return engine;
}

// A callback may have entered the library anew, and found its end there: then nothing of it is left to return to.
static void leave(seams_engine *e) {
  if (!seams_guard_innermost) return;
  seams_guard_innermost->callbacks--;
  if (e->guard.broken && seams_guard_innermost->engine == e) siglongjmp(seams_guard_innermost->leave, 1);
}

// `PARAMETERS` and `ARGUMENTS` come in parentheses, without the context.
#define UNPACK(...) __VA_ARGS__
#define WITH_RESULT(type, name, parameters, arguments) ANSWER(context, type, name, parameters, arguments)
#define ANSWER(context, type, name, parameters, arguments) \
  static type guarded_##name(void *engine, UNPACK parameters) { \
    seams_engine *e = enter(engine); \
    type result = e->guard.callbacks.name(e->guard.callbacks.context, UNPACK arguments); \
    leave(e); \
    return result; \
  }
#define WITHOUT_RESULT(name, parameters, arguments) NOTICE(context, name, parameters, arguments)
#define NOTICE(context, name, parameters, arguments) \
  static void guarded_##name(void *engine, UNPACK parameters) { \
    seams_engine *e = enter(engine); \
    e->guard.callbacks.name(e->guard.callbacks.context, UNPACK arguments); \
    leave(e); \
  }
#define WITHOUT_PARAMETERS(name) \
  static uint64_t guarded_##name(void *engine) { \
    seams_engine *e = enter(engine); \
    uint64_t result = e->guard.callbacks.name(e->guard.callbacks.context); \
    leave(e); \
    return result; \
  }

WITH_RESULT(bool, translate,
            (uint64_t address, uint32_t access, uint32_t mmu_index, seams_translation *out, seams_fault *fault),
            (address, access, mmu_index, out, fault))
ANSWER(bus_context, uint64_t, device_read, (uint64_t physical, uint32_t bytes), (physical, bytes))
NOTICE(bus_context, device_write, (uint64_t physical, uint32_t bytes, uint64_t value), (physical, bytes, value))
ANSWER(bus_context, uint32_t, port_read, (uint32_t port, uint32_t bytes), (port, bytes))
WITHOUT_RESULT(interrupt, (uint32_t vector), (vector))
WITHOUT_RESULT(pkru_write, (uint32_t old_value, uint32_t new_value), (old_value, new_value))
WITHOUT_RESULT(control_write, (uint32_t which, uint64_t old_value, uint64_t new_value), (which, old_value, new_value))
WITH_RESULT(bool, msr_read, (uint32_t index, uint64_t *value), (index, value))
WITH_RESULT(bool, msr_write, (uint32_t index, uint64_t value), (index, value))
WITH_RESULT(bool, counter_read, (uint32_t number, uint64_t *value), (number, value))
WITHOUT_RESULT(msr_written, (uint32_t index, uint64_t value), (index, value))
WITHOUT_RESULT(table_write, (uint32_t which, uint32_t selector, uint64_t base, uint32_t limit), (which, selector, base, limit))
WITH_RESULT(bool, control_check, (uint32_t which, uint64_t value), (which, value))
WITHOUT_RESULT(cpuid, (uint32_t leaf, uint32_t subleaf, uint32_t out[4]), (leaf, subleaf, out))
NOTICE(bus_context, executed, (uint32_t which), (which))
WITHOUT_PARAMETERS(cr8_read)
WITHOUT_PARAMETERS(tsc)
WITHOUT_PARAMETERS(random)
WITH_RESULT(bool, breakpoint, (uint64_t address), (address))
WITHOUT_RESULT(watched, (const seams_hit *hit), (hit))
ANSWER(bus_context, int32_t, domain, (int32_t from, int32_t to, uint64_t rip, uint32_t pkru), (from, to, rip, pkru))

static void guarded_port_write(void *engine, uint32_t port, uint32_t bytes, uint32_t value) {
  seams_engine *e = enter(engine);
  e->guard.callbacks.port_write(e->guard.callbacks.bus_context, port, bytes, value);
  leave(e);
  seams_planted_port(port);
}

static void guarded_exception(void *engine, uint32_t vector, uint32_t error_code, uint64_t address) {
  seams_engine *e = enter(engine);
  e->guard.translating = false;
  e->guard.callbacks.exception(e->guard.callbacks.context, vector, error_code, address);
  leave(e);
}

void seams_guard_callbacks(seams_engine *e, const seams_callbacks *callbacks) {
  _Static_assert(sizeof(seams_callbacks) == 25 * sizeof(void *), "a new callback needs a line here");
  e->guard.callbacks = *callbacks;
  e->call = (seams_callbacks){
      .context = e,
      .translate = guarded_translate,
      .device_read = guarded_device_read,
      .device_write = guarded_device_write,
      .port_read = guarded_port_read,
      .port_write = guarded_port_write,
      .exception = guarded_exception,
      .interrupt = guarded_interrupt,
      .pkru_write = guarded_pkru_write,
      .control_write = guarded_control_write,
      .msr_read = guarded_msr_read,
      .msr_write = guarded_msr_write,
      .counter_read = guarded_counter_read,
      .msr_written = guarded_msr_written,
      .table_write = guarded_table_write,
      .control_check = guarded_control_check,
      .cpuid = guarded_cpuid,
      .executed = guarded_executed,
      .cr8_read = guarded_cr8_read,
      .tsc = guarded_tsc,
      .random = guarded_random,
      .breakpoint = guarded_breakpoint,
      .watched = guarded_watched,
      .domain = guarded_domain,
  };
}
