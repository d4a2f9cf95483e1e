import Hexadecimal
import SimEvents

/// I3: an extension leaves control registers, debug registers, XCR0, MSRs and the places of descriptor tables as they are.
struct SystemRegistersInvariant: Invariant {
  let promise: DesignPromise
  /// Whether an address is the unikernel's or the application's.
  let isImage: (UInt64) -> Bool
  let rule = Rule.systemRegisters
  let kinds = EventKinds([.controlRegisterWrite, .msrWrite, .descriptorTableWrite])
  private var breakpoints: [UInt64] = [0, 0, 0, 0]
  private var control: UInt64 = 0

  /// Performance counters and what selects their events (SDM volume 4): uIO's own extensions count with them.
  private static let performanceMSRs: [ClosedRange<UInt32>] = [
    0xc1...0xc8, 0x186...0x18d, 0x309...0x30c, 0x38d...0x390, 0xc001_0000...0xc001_0007, 0xc001_0200...0xc001_020b,
  ]

  init(_ promise: DesignPromise, isImage: @escaping (UInt64) -> Bool) {
    self.promise = promise
    self.isImage = isImage
  }

  mutating func fold(_ event: Event) -> String? {
    guard promise.keepsSystemRegisters, event.actor.isExtension else { return nil }
    switch event.payload {
    case .controlRegisterWrite(let register, let old, let new, _) where register.hasPrefix("dr"):
      return debugRegister(register, old, new)
    case .controlRegisterWrite(let register, let old, let new, _) where old != new:
      return "\(register) was \(old.hexadecimal) and becomes \(new.hexadecimal)"
    case .msrWrite(let index, let value, _) where !Self.performanceMSRs.contains(where: { $0.contains(index) }):
      return "MSR \(index.hexadecimal) becomes \(value.hexadecimal)"
    case .descriptorTableWrite(let register, _, let base, _, _): return "\(register) is loaded with \(base.hexadecimal)"
    default: return nil
    }
  }

  /// A breakpoint in an extension's own code or data stops that extension only; one in the image stops others.
  private mutating func debugRegister(_ register: String, _ old: UInt64, _ new: UInt64) -> String? {
    if let index = ["dr0", "dr1", "dr2", "dr3"].firstIndex(of: register) { breakpoints[index] = new }
    if register == "dr7" { control = new }
    // L0, G0 to L3, G3 (SDM volume 3, 18.2.4).
    let enabled = breakpoints.indices.first { control >> (2 * UInt64($0)) & 3 != 0 && isImage(breakpoints[$0]) }
    guard let enabled else { return nil }
    return "a breakpoint is set at \(breakpoints[enabled].hexadecimal), which is not the extension's"
  }
}
