#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// The layout of a segment's attributes is that of its descriptor, SDM vol. 3, 3.4.5.
static ckvm_segment from_kvm(const struct kvm_segment *s) {
  return (ckvm_segment){
      .base = s->base,
      .limit = s->limit,
      .selector = s->selector,
      .attributes = (uint32_t)s->type << 8 | (uint32_t)s->s << 12 | (uint32_t)s->dpl << 13 | (uint32_t)s->present << 15 |
                    (uint32_t)s->avl << 20 | (uint32_t)s->l << 21 | (uint32_t)s->db << 22 | (uint32_t)s->g << 23};
}

static struct kvm_segment to_kvm(const ckvm_segment *s) {
  uint32_t a = s->attributes;
  return (struct kvm_segment){.base = s->base,
                              .limit = s->limit,
                              .selector = s->selector,
                              .type = a >> 8 & 15,
                              .s = a >> 12 & 1,
                              .dpl = a >> 13 & 3,
                              .present = a >> 15 & 1,
                              .avl = a >> 20 & 1,
                              .l = a >> 21 & 1,
                              .db = a >> 22 & 1,
                              .g = a >> 23 & 1,
                              .unusable = !(a >> 15 & 1)};
}

static void pack(ckvm_registers *out, const struct kvm_regs *r, const struct kvm_sregs *s) {
  *out = (ckvm_registers){
      .gpr = {r->rax, r->rcx, r->rdx, r->rbx, r->rsp, r->rbp, r->rsi, r->rdi, r->r8, r->r9, r->r10, r->r11, r->r12,
              r->r13, r->r14, r->r15},
      .rip = r->rip,
      .rflags = r->rflags,
      .cr0 = s->cr0,
      .cr2 = s->cr2,
      .cr3 = s->cr3,
      .cr4 = s->cr4,
      .efer = s->efer,
      .segment = {from_kvm(&s->es), from_kvm(&s->cs), from_kvm(&s->ss), from_kvm(&s->ds), from_kvm(&s->fs),
                  from_kvm(&s->gs)},
      .ldt = from_kvm(&s->ldt),
      .tr = from_kvm(&s->tr),
      .gdt_base = s->gdt.base,
      .idt_base = s->idt.base,
      .gdt_limit = s->gdt.limit,
      .idt_limit = s->idt.limit};
}

int ckvm_get_registers(ckvm_cpu *cpu, ckvm_registers *out) {
  if (cpu->synchronised) {
    pack(out, &cpu->run->s.regs.regs, &cpu->run->s.regs.sregs);
    return 0;
  }
  struct kvm_regs regs;
  struct kvm_sregs sregs;
  int result = ckvm_ioctl(cpu->processor, KVM_GET_REGS, &regs);
  if (result >= 0) result = ckvm_ioctl(cpu->processor, KVM_GET_SREGS, &sregs);
  if (result >= 0) pack(out, &regs, &sregs);
  return result;
}

int ckvm_set_registers(ckvm_cpu *cpu, const ckvm_registers *in) {
  const uint64_t *g = in->gpr;
  struct kvm_regs regs = {g[0], g[3], g[1], g[2], g[6],  g[7],  g[4],  g[5],    g[8],
                          g[9], g[10], g[11], g[12], g[13], g[14], g[15], in->rip, in->rflags};
  struct kvm_sregs sregs;
  cpu->synchronised = false;
  int result = ckvm_ioctl(cpu->processor, KVM_GET_SREGS, &sregs);
  if (result < 0) return result;
  struct kvm_segment *places[6] = {&sregs.es, &sregs.cs, &sregs.ss, &sregs.ds, &sregs.fs, &sregs.gs};
  for (int i = 0; i < 6; i++) *places[i] = to_kvm(&in->segment[i]);
  sregs.ldt = to_kvm(&in->ldt);
  sregs.tr = to_kvm(&in->tr);
  sregs.gdt.base = in->gdt_base;
  sregs.gdt.limit = (uint16_t)in->gdt_limit;
  sregs.idt.base = in->idt_base;
  sregs.idt.limit = (uint16_t)in->idt_limit;
  sregs.cr0 = in->cr0;
  sregs.cr2 = in->cr2;
  sregs.cr3 = in->cr3;
  sregs.cr4 = in->cr4;
  sregs.efer = in->efer;
  sregs.apic_base = 0xfee00900;
  memset(sregs.interrupt_bitmap, 0, sizeof sregs.interrupt_bitmap);
  result = ckvm_ioctl(cpu->processor, KVM_SET_SREGS, &sregs);
  return result < 0 ? result : ckvm_ioctl(cpu->processor, KVM_SET_REGS, &regs);
}

static const uint32_t msr_numbers[10] = {0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000102,
                                         0xc0000103, 0x277,      0x174,      0x175,      0x176};

// One at a time: a host without one of them still has the others.
static int move_msr(ckvm_cpu *cpu, unsigned long request, uint32_t number, uint64_t *value) {
  union {
    struct kvm_msrs list;
    uint8_t room[sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)];
  } one = {.list = {.nmsrs = 1}};
  one.list.entries[0] = (struct kvm_msr_entry){.index = number, .data = *value};
  int result = ckvm_ioctl(cpu->processor, request, &one);
  if (result == 1) *value = one.list.entries[0].data;
  return result;
}

// PKRU lives in the XSAVE area only.
static int move_pkru(ckvm_cpu *cpu, uint32_t *pkru, bool is_write) {
  if (cpu->pkru_offset == 0 || cpu->pkru_offset > sizeof(struct kvm_xsave) - 4) {
    if (!is_write) *pkru = 0;
    return 0;
  }
  struct kvm_xsave *area = calloc(1, sizeof *area);
  if (!area) return -ENOMEM;
  uint8_t *bytes = (uint8_t *)area;
  int result = ckvm_ioctl(cpu->processor, KVM_GET_XSAVE, area);
  uint64_t present;
  memcpy(&present, bytes + 512, 8);
  if (result >= 0 && is_write) {
    present |= 1 << 9;
    memcpy(bytes + 512, &present, 8);
    memcpy(bytes + cpu->pkru_offset, pkru, 4);
    result = ckvm_ioctl(cpu->processor, KVM_SET_XSAVE, area);
  } else if (result >= 0) {
    *pkru = 0;
    if (present >> 9 & 1) memcpy(pkru, bytes + cpu->pkru_offset, 4);
  }
  free(area);
  return result;
}

int ckvm_get_extended(ckvm_cpu *cpu, ckvm_extended *out) {
  memset(out, 0, sizeof *out);
  struct kvm_fpu fpu;
  int result = ckvm_ioctl(cpu->processor, KVM_GET_FPU, &fpu);
  if (result < 0) return result;
  memcpy(out->st, fpu.fpr, sizeof out->st);
  memcpy(out->xmm, fpu.xmm, sizeof out->xmm);
  out->fcw = fpu.fcw;
  out->fsw = fpu.fsw;
  out->fop = fpu.last_opcode;
  out->tags = fpu.ftwx;
  out->fip = fpu.last_ip;
  out->fdp = fpu.last_dp;
  out->mxcsr = fpu.mxcsr;
  result = move_pkru(cpu, &out->pkru, false);
  if (result < 0) return result;
  struct kvm_debugregs debug;
  result = ckvm_ioctl(cpu->processor, KVM_GET_DEBUGREGS, &debug);
  if (result < 0) return result;
  memcpy(out->dr, debug.db, sizeof debug.db);
  out->dr[6] = debug.dr6;
  out->dr[7] = debug.dr7;
  for (int i = 0; i < 10; i++) move_msr(cpu, KVM_GET_MSRS, msr_numbers[i], &out->msr[i]);
  struct kvm_vcpu_events events;
  result = ckvm_ioctl(cpu->processor, KVM_GET_VCPU_EVENTS, &events);
  if (result < 0) return result;
  bool is_debug_shadow = events.interrupt.shadow & KVM_X86_SHADOW_INT_MOV_SS;
  out->shadow = events.interrupt.shadow == 0 ? 0 : is_debug_shadow ? 3 : 1;
  out->nmi_blocked = events.nmi.masked != 0;
  return 0;
}

int ckvm_set_extended(ckvm_cpu *cpu, const ckvm_extended *in) {
  struct kvm_fpu fpu = {.fcw = in->fcw,
                        .fsw = in->fsw,
                        .ftwx = in->tags,
                        .last_opcode = in->fop,
                        .last_ip = in->fip,
                        .last_dp = in->fdp,
                        .mxcsr = in->mxcsr};
  memcpy(fpu.fpr, in->st, sizeof in->st);
  memcpy(fpu.xmm, in->xmm, sizeof in->xmm);
  int result = ckvm_ioctl(cpu->processor, KVM_SET_FPU, &fpu);
  uint32_t pkru = in->pkru;
  if (result >= 0) result = move_pkru(cpu, &pkru, true);
  if (result < 0) return result;
  struct kvm_debugregs debug = {.dr6 = in->dr[6], .dr7 = in->dr[7]};
  memcpy(debug.db, in->dr, sizeof debug.db);
  result = ckvm_ioctl(cpu->processor, KVM_SET_DEBUGREGS, &debug);
  if (result < 0) return result;
  for (int i = 0; i < 10; i++) {
    uint64_t value = in->msr[i];
    move_msr(cpu, KVM_SET_MSRS, msr_numbers[i], &value);
  }
  struct kvm_vcpu_events events;
  result = ckvm_ioctl(cpu->processor, KVM_GET_VCPU_EVENTS, &events);
  if (result < 0) return result;
  events.flags = KVM_VCPUEVENT_VALID_SHADOW;
  events.interrupt.shadow = in->shadow & 2 ? KVM_X86_SHADOW_INT_MOV_SS : in->shadow & 1 ? KVM_X86_SHADOW_INT_STI : 0;
  events.nmi.masked = in->nmi_blocked;
  return ckvm_ioctl(cpu->processor, KVM_SET_VCPU_EVENTS, &events);
}

int ckvm_clear_events(ckvm_cpu *cpu) {
  struct kvm_vcpu_events events;
  memset(&events, 0, sizeof events);
  events.flags = KVM_VCPUEVENT_VALID_SHADOW;
  return ckvm_ioctl(cpu->processor, KVM_SET_VCPU_EVENTS, &events);
}
