import Hexadecimal
import SimEvents

/// I3: an extension leaves control registers, debug registers, XCR0, MSRs and the places of descriptor tables as they are.
///
/// Where a gate changes rights by WRMSR, whoever jumps to that instruction has another register set, as whoever the jump makes them:
/// the unikernel has to give it back before the next extension is entered.
struct SystemRegistersInvariant: Invariant {
  let promise: DesignPromise
  /// Whether an address is the unikernel's or the application's.
  let isImage: (UInt64) -> Bool
  let rule = Rule.systemRegisters
  let kinds: EventKinds
  /// The gates' WRMSR.
  private let registerWrites: Set<UInt64>
  /// What they have set that is not theirs and has not been given back: the register's name by its index.
  private var forged: [(index: UInt32, text: String)] = []
  private var efer: UInt64?
  private var breakpoints: [UInt64] = [0, 0, 0, 0]
  private var control: UInt64 = 0

  /// Performance counters and what selects their events (SDM volume 4): uIO's own extensions count with them.
  private static let performanceMSRs: [ClosedRange<UInt32>] = [
    0xc1...0xc8, 0x186...0x18d, 0x309...0x30c, 0x38d...0x390, 0xc001_0000...0xc001_0007, 0xc001_0200...0xc001_020b,
  ]

  private static let pkrs: UInt32 = 0x6e1
  private static let eferIndex: UInt32 = 0xc000_0080
  private static let timestampCounter: UInt32 = 0x10
  private static let timestampAdjust: UInt32 = 0x3b

  /// - Parameter registerWrites: where the image's gates execute WRMSR.
  init(_ promise: DesignPromise, registerWrites: [UInt64] = [], isImage: @escaping (UInt64) -> Bool) {
    self.promise = promise
    self.isImage = isImage
    self.registerWrites = promise.keepsSystemRegisters ? Set(registerWrites) : []
    let always = EventKinds([.controlRegisterWrite, .msrWrite, .descriptorTableWrite])
    kinds = self.registerWrites.isEmpty ? always : always.union(EventKinds([.crossing]))
  }

  mutating func fold(_ event: Event) -> String? {
    if !registerWrites.isEmpty, let text = foldForged(event) { return text }
    guard promise.keepsSystemRegisters, event.actor.isExtension else { return nil }
    switch event.payload {
    case .controlRegisterWrite(let register, let old, let new, _) where register.hasPrefix("dr"):
      return debugRegister(register, old, new)
    case .controlRegisterWrite(let register, let old, let new, _) where old != new:
      return "\(register) was \(old.hexadecimal) and becomes \(new.hexadecimal)"
    case .msrWrite(let index, let value, _) where !Self.isPerformance(index):
      return "MSR \(index.hexadecimal) becomes \(value.hexadecimal)"
    case .descriptorTableWrite(let register, _, let base, _, _): return "\(register) is loaded with \(base.hexadecimal)"
    default: return nil
    }
  }

  private static func isPerformance(_ index: UInt32) -> Bool { performanceMSRs.contains { $0.contains(index) } }

  private mutating func foldForged(_ event: Event) -> String? {
    switch event.payload {
    case .msrWrite(let index, let value, let place) where index != Self.pkrs && !Self.isPerformance(index):
      // What a write to the counter has added, one to IA32_TSC_ADJUST takes away (SDM volume 3, 18.17.3).
      forged.removeAll { $0.index == index || index == Self.timestampAdjust && $0.index == Self.timestampCounter }
      if registerWrites.contains(place) {
        forged.append((index, "MSR \(index.hexadecimal) becomes \(value.hexadecimal)"))
      }
    case .controlRegisterWrite("efer", let old, let new, let place):
      let before = efer ?? old
      efer = before
      forged.removeAll { $0.index == Self.eferIndex }
      if registerWrites.contains(place), new != before {
        forged.append((Self.eferIndex, "efer was \(before.hexadecimal) and becomes \(new.hexadecimal)"))
      } else {
        efer = nil
      }
    case .crossing(.enter, _, _, _, _):
      guard let first = forged.first else { return nil }
      return "by a gate's WRMSR: \(first.text), and stays so"
    default: break
    }
    return nil
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
