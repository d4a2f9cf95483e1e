#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

enum { LEAVES_MAX = 256 };

int ckvm_ioctl(int file, unsigned long request, void *argument) {
  int result;
  do result = ioctl(file, request, argument);
  while (result < 0 && errno == EINTR && request != KVM_RUN);
  return result < 0 ? -errno : result;
}

static int number(int file, unsigned long request, unsigned long argument) {
  int result = ioctl(file, request, argument);
  return result < 0 ? -errno : result;
}

static struct kvm_cpuid2 *supported(int device) {
  struct kvm_cpuid2 *table = calloc(1, sizeof *table + LEAVES_MAX * sizeof table->entries[0]);
  if (!table) return NULL;
  table->nent = LEAVES_MAX;
  if (ckvm_ioctl(device, KVM_GET_SUPPORTED_CPUID, table) < 0) table->nent = 0;
  return table;
}

ckvm_abilities ckvm_probe(void) {
  ckvm_abilities found = {0};
  int device = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (device < 0) {
    found.version = -errno;
    return found;
  }
  found.version = number(device, KVM_GET_API_VERSION, 0);
  found.single_step = number(device, KVM_CHECK_EXTENSION, KVM_CAP_SET_GUEST_DEBUG) > 0;
  found.hardware_breakpoints = found.single_step;
  found.user_msrs = number(device, KVM_CHECK_EXTENSION, KVM_CAP_X86_USER_SPACE_MSR) > 0;
  struct kvm_cpuid2 *table = supported(device);
  for (uint32_t i = 0; table && i < table->nent; i++) {
    const struct kvm_cpuid_entry2 *entry = &table->entries[i];
    if (entry->function == 1) found.xsave = entry->ecx >> 26 & 1;
    if (entry->function == 7 && entry->index == 0) found.protection_keys = entry->ecx >> 3 & 1;
  }
  free(table);
  close(device);
  return found;
}

int ckvm_supported_cpuid(ckvm_cpuid_leaf *leaves, size_t capacity) {
  int device = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (device < 0) return -errno;
  struct kvm_cpuid2 *table = supported(device);
  close(device);
  if (!table) return -ENOMEM;
  size_t count = table->nent < capacity ? table->nent : capacity;
  for (size_t i = 0; i < count; i++) {
    const struct kvm_cpuid_entry2 *e = &table->entries[i];
    leaves[i] = (ckvm_cpuid_leaf){
        e->function, e->index, e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX, e->eax, e->ebx, e->ecx, e->edx};
  }
  free(table);
  return (int)count;
}

static int create(ckvm_cpu *cpu, void *ram, uint64_t ram_bytes, const char **step) {
  *step = "opening /dev/kvm";
  cpu->device = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (cpu->device < 0) return -errno;
  *step = "KVM_CREATE_VM";
  cpu->machine = number(cpu->device, KVM_CREATE_VM, 0);
  if (cpu->machine < 0) return cpu->machine;
  // Intel processors without "unrestricted guest" want three pages of their own, where no RAM is.
  number(cpu->machine, KVM_SET_TSS_ADDR, 0xfffbd000);
  struct kvm_enable_cap msrs = {.cap = KVM_CAP_X86_USER_SPACE_MSR};
  msrs.args[0] = KVM_MSR_EXIT_REASON_UNKNOWN | KVM_MSR_EXIT_REASON_INVAL;
  ckvm_ioctl(cpu->machine, KVM_ENABLE_CAP, &msrs);
  *step = "KVM_SET_USER_MEMORY_REGION";
  struct kvm_userspace_memory_region region = {.memory_size = ram_bytes, .userspace_addr = (uint64_t)ram};
  int result = ckvm_ioctl(cpu->machine, KVM_SET_USER_MEMORY_REGION, &region);
  if (result < 0) return result;
  *step = "KVM_CREATE_VCPU";
  cpu->processor = number(cpu->machine, KVM_CREATE_VCPU, 0);
  if (cpu->processor < 0) return cpu->processor;
  *step = "KVM_GET_VCPU_MMAP_SIZE";
  int bytes = number(cpu->device, KVM_GET_VCPU_MMAP_SIZE, 0);
  if (bytes < (int)sizeof *cpu->run) return bytes < 0 ? bytes : -EINVAL;
  cpu->run_bytes = (size_t)bytes;
  void *run = mmap(NULL, cpu->run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, cpu->processor, 0);
  if (run == MAP_FAILED) return -errno;
  cpu->run = run;
  uint64_t synchronised = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
  if ((number(cpu->device, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_REGS) & synchronised) == synchronised)
    cpu->can_synchronise = true;
  return 0;
}

int ckvm_create(void *ram, uint64_t ram_bytes, ckvm_cpu **out, const char **step) {
  ckvm_cpu *cpu = calloc(1, sizeof *cpu);
  *step = "memory";
  if (!cpu) return -ENOMEM;
  cpu->device = cpu->machine = cpu->processor = -1;
  int result = create(cpu, ram, ram_bytes, step);
  if (result < 0) {
    ckvm_destroy(cpu);
    return result;
  }
  *out = cpu;
  return 0;
}

void ckvm_destroy(ckvm_cpu *cpu) {
  if (cpu->timer_thread) timer_delete(cpu->timer);
  if (cpu->run) munmap(cpu->run, cpu->run_bytes);
  if (cpu->processor >= 0) close(cpu->processor);
  if (cpu->machine >= 0) close(cpu->machine);
  if (cpu->device >= 0) close(cpu->device);
  free(cpu);
}

int ckvm_set_cpuid(ckvm_cpu *cpu, const ckvm_cpuid_leaf *leaves, size_t count) {
  if (count > LEAVES_MAX) return -E2BIG;
  struct kvm_cpuid2 *table = calloc(1, sizeof *table + count * sizeof table->entries[0]);
  if (!table) return -ENOMEM;
  table->nent = (uint32_t)count;
  for (size_t i = 0; i < count; i++) {
    table->entries[i] = (struct kvm_cpuid_entry2){
        .function = leaves[i].leaf,
        .index = leaves[i].subleaf,
        .flags = leaves[i].has_subleaves ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0,
        .eax = leaves[i].eax,
        .ebx = leaves[i].ebx,
        .ecx = leaves[i].ecx,
        .edx = leaves[i].edx};
    // Where XSAVE puts PKRU, component 9 of its area (SDM vol. 1, 13.1).
    if (leaves[i].leaf == 0xd && leaves[i].subleaf == 9 && leaves[i].eax >= 4) cpu->pkru_offset = leaves[i].ebx;
  }
  int result = ckvm_ioctl(cpu->processor, KVM_SET_CPUID2, table);
  free(table);
  return result;
}

int ckvm_inject(ckvm_cpu *cpu, uint8_t vector) {
  struct kvm_interrupt interrupt = {.irq = vector};
  return ckvm_ioctl(cpu->processor, KVM_INTERRUPT, &interrupt);
}

int ckvm_inject_nmi(ckvm_cpu *cpu) { return ckvm_ioctl(cpu->processor, KVM_NMI, NULL); }

int ckvm_debug(ckvm_cpu *cpu, bool single_step, const uint64_t *addresses, size_t count) {
  struct kvm_guest_debug debug = {0};
  if (single_step) debug.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
  if (count > 0) debug.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
  // Who steps looks at the registers after each step: let them come with the exit.
  cpu->run->kvm_valid_regs = single_step && cpu->can_synchronise ? KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS : 0;
  debug.arch.debugreg[7] = 0x400;
  for (size_t i = 0; i < count && i < 4; i++) {
    debug.arch.debugreg[i] = addresses[i];
    debug.arch.debugreg[7] |= 2ull << (2 * i);  // global, on execution, one byte
  }
  return ckvm_ioctl(cpu->processor, KVM_SET_GUEST_DEBUG, &debug);
}
