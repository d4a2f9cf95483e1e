/// Strings, ports, paging, exceptions and system registers.
extension SequenceGenerator {
  static let strings: [Family] = [
    Family(name: "string", weight: 10) { g, e in
      e.address(6, base: 15, Int32(g.below(0x400)) - 0x200)
      e.address(7, base: 15, Int32(g.below(0x400)) - 0x200)
      e.loadCount(UInt32(g.below(20)))
      let prefix = g.pick([[], [0xf3], [0xf2], [0xf3]] as [[UInt8]])
      e.raw(prefix + g.stringOpcode([0xa4, 0xaa, 0xac, 0xae, 0xa6]))
      return "string"
    },
    Family(name: "stringOfPages", weight: 2) { g, e in
      // From ordinary memory over the edge of a page that may not be written.
      let page = Int32(g.below(SequenceBench.testPages))
      e.address(6, base: 15, 0)
      e.address(7, base: 14, page * 0x1000 + 0xff0)
      e.loadCount(UInt32(g.below(40)))
      e.raw([0xf3] + g.stringOpcode([0xa4, 0xaa]))
      return "string over a page's edge"
    },
    Family(name: "port", weight: 4) { g, e in
      if g.chance(50) {
        e.raw(0x66, 0xba)  // mov dx, imm16
        e.immediate(UInt64(0x100 + g.below(0x200)), bytes: 2)
        e.raw(g.pick([[0xec], [0xed], [0xee], [0xef], [0x66, 0xed], [0x66, 0xef]]))
      } else {
        e.raw(g.pick([[0xe4], [0xe5], [0xe6], [0xe7]]) + [UInt8(g.below(256))])
      }
      return "in or out"
    },
    Family(name: "portString", weight: 3) { g, e in
      guard g.privilege == 0 else { return g.pause(&e) }
      e.raw(0x66, 0xba)
      e.immediate(UInt64(0x100 + g.below(0x200)), bytes: 2)
      e.address(6, base: 15, Int32(g.below(0x400)) - 0x200)
      e.address(7, base: 15, Int32(g.below(0x400)) - 0x200)
      e.loadCount(UInt32(g.below(6)))
      e.raw(g.pick([[0xf3, 0x6c], [0xf3, 0x6e], [0x6c], [0x6e], [0xf3, 0x6d], [0xf3, 0x6f]]))
      return "ins or outs"
    },
  ]

  private mutating func stringOpcode(_ bytes: [UInt8]) -> [UInt8] {
    let opcode = pick(bytes)
    switch size() {
    case .byte: return [opcode]
    case .word: return [0x66, opcode | 1]
    case .double: return [opcode | 1]
    case .quad: return [0x48, opcode | 1]
    }
  }

  /// Instead of what user mode does differently where KVM lets the host's processor execute it without hardware support:
  /// there the host's segments, tables and CPUID show through. INS is left out for a defect of the simulator's: it writes
  /// a zero before it finds out that it may not use the port.
  private func pause(_ encoder: inout Encoder) -> String {
    encoder.raw(0x90)
    return "nop"
  }

  static let system: [Family] = [
    Family(name: "trap", weight: 4) { g, e in
      e.raw(g.pick([[0x0f, 0x0b], [0xcc], [0xcd, 0x31], [0xcd, 0x32], [0xcd, 0x50], [0xf0, 0x90], [0x06]]))
      return "ud2, int3, int n, or undefined"
    },
    Family(name: "divideError", weight: 1) { g, e in
      e.raw(0x31, 0xc9, g.chance(50) ? 0xf6 : 0xf7, g.chance(50) ? 0xf1 : 0xf9)  // xor ecx,ecx; div or idiv by it
      return "division by zero"
    },
    Family(name: "pages", weight: 5) { g, e in
      // A new entry for a test page, and the old one forgotten.
      let page = g.below(SequenceBench.testPages)
      let entry = g.pick(SequenceBench.entries)
      e.load(0, entry)
      e.raw(0x48, 0xa3)  // mov [moffs64], rax
      e.immediate(SequenceBench.entryAddress(page), bytes: 8)
      e.instruction(
        [0x0f, 0x01], size: .double, register: 7, operand: .memory(base: 14, displacement: Int32(page * 0x1000)))
      return "page entry, invlpg"
    },
    Family(name: "control", weight: 3) { g, e in
      switch g.below(5) {
      case 0:
        // Flags of CR0 that change nothing here, or are refused.
        e.load(0, g.pick([0x8001_0033, 0x8000_0033, 0x8001_0013, 0x8000_0001_0033, 0x0001_0032, 0x2001_0033]))
        e.raw(0x0f, 0x22, 0xc0)
      case 1:
        e.load(0, g.pick([0x620, 0x6a0, 0x600, 0x2620, 0x8000_0620]))
        e.raw(0x0f, 0x22, 0xe0)
      case 2: e.raw(0x0f, 0x20, g.pick([0xc1, 0xd1, 0xd9, 0xe1]))  // mov rcx, cr0 cr2 cr3 cr4
      case 3:
        e.raw(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8)  // mov rax, cr3; mov cr3, rax
      default:
        e.load(0, g.value())
        e.raw(0x0f, 0x22, 0xd0)  // mov cr2, rax
      }
      return "control register"
    },
    Family(name: "msr", weight: 2) { g, e in
      e.loadCount(g.pick([0xc000_0080, 0xc000_0101, 0xc000_0100, 0x1234_5678]))
      if g.chance(50) {
        e.raw(0x0f, 0x32)
      } else {
        e.raw(0x31, 0xd2)  // xor edx, edx
        e.raw(0xb8)
        e.immediate(g.pick([0xd01, 0xd00, 0x501, 0x2d01, 0x1_0000]), bytes: 4)
        e.raw(0x0f, 0x30)
      }
      return "msr"
    },
    Family(name: "segment", weight: 3) { g, e in
      guard g.privilege == 0 else { return g.pause(&e) }
      e.raw(0x66, 0xb8)  // mov ax, imm16
      e.immediate(g.pick([0, 1, 3, 8, 16, 0x1b, 0x23, 0x28, 0x38, 0xfff8, 4, 0x13, 0x10]), bytes: 2)
      e.raw(g.pick([[0x8e, 0xd8], [0x8e, 0xc0], [0x8e, 0xe0], [0x8e, 0xe8], [0x8e, 0xd0], [0x8e, 0xc8]]))
      return "segment register"
    },
    Family(name: "tables", weight: 2) { g, e in
      guard g.privilege == 0 else { return g.pause(&e) }
      let kind = g.pick([0, 1, 4] as [UInt8])  // sgdt sidt smsw
      e.instruction([0x0f, 0x01], size: .double, register: kind, operand: g.data())
      return "sgdt, sidt or smsw"
    },
    Family(name: "identification", weight: 1) { g, e in
      guard g.privilege == 0 else { return g.pause(&e) }
      e.raw(0xb8)
      e.immediate(g.pick([0, 0x15, 0x4000_0000, 0x8000_0000, 0x8000_0008]), bytes: 4)
      e.loadCount(0)
      e.raw(0x0f, 0xa2)
      return "cpuid"
    },
    Family(name: "privileged", weight: 2) { g, e in
      e.raw(g.pick([[0x0f, 0x06], [0xfa], [0x0f, 0x09], [0x0f, 0x00, 0xc8], [0x0f, 0x00, 0xc0], [0x90]]))
      return "clts, cli, wbinvd, str, sldt or nop"
    },
    Family(name: "interruptReturn", weight: 1) { g, e in
      guard g.privilege == 0 else { return g.pause(&e) }
      // iretq with a frame that leads behind it, or to a code segment that is none.
      e.raw(0x8c, 0xd0, 0x50, 0x54, 0x48, 0x83, 0x04, 0x24, 8)  // mov eax,ss; push rax; push rsp; add [rsp], 8
      e.raw(0x9c)  // pushfq
      e.raw(0x8c, 0xc8, 0x50)  // mov eax, cs; push rax
      e.raw(0x48, 0x8d, 0x05, 3, 0, 0, 0, 0x50, 0x48, 0xcf)  // lea rax, [rip+3]; push rax; iretq
      return "iretq"
    },
  ]
}
