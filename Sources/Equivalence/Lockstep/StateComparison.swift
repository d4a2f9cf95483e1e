import Hexadecimal
import SimCPU

/// One register that two processors have differently.
public struct RegisterDifference: Equatable, Sendable, CustomStringConvertible {
  public var register: String
  public var simulator: UInt64
  public var other: UInt64

  public var description: String {
    "\(register): \(simulator.hexadecimal) on the simulator, \(other.hexadecimal) on the other processor"
  }
}

/// The registers that lockstep compares: general, RIP, flags, control, segments and tables.
enum StateComparison {
  private static let generalNames = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]
  private static let segmentNames = ["es", "cs", "ss", "ds", "fs", "gs"]
  private static let present: UInt32 = 1 << 15
  /// Selectors whose other bits are 0 select nothing.
  private static let nullMask: UInt16 = 0xfffc
  private static let busy: UInt32 = 1 << 9
  /// Without bits 19…16, which repeat a part of the limit.
  private static let attributes: UInt32 = 0xf0_ff00

  /// - Parameter undefined: flags that do not count.
  static func differences(_ a: CPUState, _ b: CPUState, undefined: UInt64) -> [RegisterDifference] {
    var found: [RegisterDifference] = []
    func compare(_ name: @autoclosure () -> String, _ x: UInt64, _ y: UInt64) {
      if x != y { found.append(.init(register: name(), simulator: x, other: y)) }
    }
    for index in 0..<16 where a.general[index] != b.general[index] {
      compare(generalNames[index], a.general[index], b.general[index])
    }
    compare("rip", a.rip, b.rip)
    let counted = ~(undefined | Flag.resume)
    compare("rflags", a.rflags & counted, b.rflags & counted)
    compare("cr0", a.cr0, b.cr0)
    compare("cr2", a.cr2, b.cr2)
    compare("cr3", a.cr3, b.cr3)
    compare("cr4", a.cr4, b.cr4)
    compare("efer", a.efer, b.efer)
    for index in 0..<6 where a.segments[index] != b.segments[index] {
      if index >= 4 { compare("\(segmentNames[index]).base", a.segments[index].base, b.segments[index].base) }
      Self.compare(segmentNames[index], a.segments[index], b.segments[index]) { compare($0, $1, $2) }
    }
    Self.compare("ldtr", a.ldtr, b.ldtr) { compare($0, $1, $2) }
    // Whether LTR sets the hidden busy flag at once, nobody can see.
    var (taskA, taskB) = (a.tr, b.tr)
    taskA.attributes |= busy
    taskB.attributes |= busy
    Self.compare("tr", taskA, taskB) { compare($0, $1, $2) }
    compare("gdtr.base", a.gdt.base, b.gdt.base)
    compare("gdtr.limit", UInt64(a.gdt.limit), UInt64(b.gdt.limit))
    compare("idtr.base", a.idt.base, b.idt.base)
    compare("idtr.limit", UInt64(a.idt.limit), UInt64(b.idt.limit))
    return found
  }

  /// The hidden part of a segment counts only while the segment can be used.
  private static func compare(
    _ name: String, _ a: CPUState.Segment, _ b: CPUState.Segment, _ note: (String, UInt64, UInt64) -> Void
  ) {
    note("\(name).selector", UInt64(a.selector), UInt64(b.selector))
    guard a.selector & nullMask != 0, a.attributes & b.attributes & present != 0 else { return }
    note("\(name).base", a.base, b.base)
    note("\(name).limit", UInt64(a.limit), UInt64(b.limit))
    note("\(name).attributes", UInt64(a.attributes & attributes), UInt64(b.attributes & attributes))
  }
}
