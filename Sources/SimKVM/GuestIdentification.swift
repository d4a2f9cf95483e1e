import CKVM
import SimCPU

/// What CPUID answers on KVM: what the simulated processor announces and this host has, and beyond that XSAVE, since
/// PKRU belongs to its state.
///
/// The frequency of the time stamp counter is left out. It is the host's, while the guest's time is that of the APIC
/// timer (``GuestClock``); a guest that is not told the one uses the other.
struct GuestIdentification {
  private let model: CPUIDModel
  private let offered: [ckvm_cpuid_leaf]

  /// XSAVE in leaf 1, ECX.
  private static let xsave: UInt32 = 1 << 26
  /// Not announced: without the kernel's interrupt chip KVM keeps IA32_APIC_BASE to itself, and the machine's APIC would not
  /// hear of a change of its mode.
  private static let x2APIC: UInt32 = 1 << 21
  private static let leavesMax = 256

  /// SYSCALL in leaf 80000001H, EDX.
  private static let systemCalls: UInt32 = 1 << 11
  private let hasSystemCalls: Bool

  /// - Parameter hasSystemCalls: ``KVMHost/hasSystemCalls``.
  init(model: CPUIDModel, hasSystemCalls: Bool) {
    self.model = model
    self.hasSystemCalls = hasSystemCalls
    var leaves = [ckvm_cpuid_leaf](repeating: ckvm_cpuid_leaf(), count: Self.leavesMax)
    let count = ckvm_supported_cpuid(&leaves, leaves.count)
    offered = Array(leaves.prefix(Int(max(count, 0))))
  }

  var leaves: [ckvm_cpuid_leaf] {
    offered.compactMap(restricted) + [hypervisor]
  }

  /// What the simulated processor answers, leaf by leaf.
  static func leaves(of model: CPUIDModel) -> [ckvm_cpuid_leaf] {
    let numbers = Array(0...0x15) + Array(0x4000_0000...0x4000_0010) + Array(0x8000_0000...0x8000_0008) as [UInt32]
    return numbers.map { number in
      let answer = model.leaf(number, 0, cr4: 0)
      return ckvm_cpuid_leaf(
        leaf: number, subleaf: 0, has_subleaves: number == 7, eax: answer.eax, ebx: answer.ebx, ecx: answer.ecx,
        edx: answer.edx)
    }
  }

  /// What is left of a leaf that the host offers, or nil.
  private func restricted(_ offer: ckvm_cpuid_leaf) -> ckvm_cpuid_leaf? {
    var leaf = offer
    let model = model.leaf(offer.leaf, offer.subleaf, cr4: 0)
    switch offer.leaf {
    case 0: leaf.eax = 0xd
    case 1:
      (leaf.eax, leaf.ebx) = (model.eax, model.ebx)
      leaf.ecx &= (model.ecx & ~Self.x2APIC) | Self.xsave
      leaf.edx &= model.edx
    case 7 where offer.subleaf == 0:
      leaf.eax = 0
      leaf.ebx &= model.ebx
      leaf.ecx &= model.ecx
      leaf.edx = 0
    case 0xd: break
    case 0x8000_0000: leaf.eax = 0x8000_0008
    case 0x8000_0001:
      leaf.ecx &= model.ecx
      leaf.edx &= hasSystemCalls ? model.edx : model.edx & ~Self.systemCalls
    case 0x8000_0008: (leaf.ebx, leaf.ecx, leaf.edx) = (0, 0, 0)
    default: return nil
    }
    return leaf
  }

  /// Not KVM's own: its paravirtual clock is not for this machine.
  private var hypervisor: ckvm_cpuid_leaf {
    let text = model.leaf(0x4000_0000, 0, cr4: 0)
    return ckvm_cpuid_leaf(
      leaf: 0x4000_0000, subleaf: 0, has_subleaves: false, eax: 0x4000_0000, ebx: text.ebx, ecx: text.ecx, edx: text.edx
    )
  }
}
