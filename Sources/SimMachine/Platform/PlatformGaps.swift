import GuestOS
import Hexadecimal
import SimEvents

/// What a guest used that this platform has not: told when the guest is a kernel of others, which may expect a whole PC.
public final class PlatformGaps: EventSink {
  private var ports: [UInt16: UInt64] = [:]
  private var pages: [UInt64: UInt64] = [:]
  private var refusals: [Refusal: UInt64] = [:]
  private let image: GuestImage
  private let slotCount: Int

  private struct Refusal: Hashable {
    var vector: UInt8
    var address: UInt64
  }

  /// A guest that tries everything must not fill the host's memory.
  private static let entriesMax = 64
  /// Instructions that do not exist here raise #UD, registers that do not exist #GP.
  private static let vectors: [UInt8: String] = [
    6: "an instruction", 13: "an instruction, or what it names (an MSR?),",
  ]

  private static let portNames: [(ports: ClosedRange<UInt16>, name: String)] = [
    (0x60...0x60, "keyboard controller"), (0x64...0x64, "keyboard controller"),
    (0x80...0x80, "POST code, used as a delay"), (0x92...0x92, "A20 gate"),
    (0x2f8...0x2ff, "COM2"), (0x3d4...0x3d5, "VGA"), (0xcf8...0xcff, "PCI configuration"),
    (0x510...0x51b, "QEMU's firmware configuration"), (0x600...0x6ff, "ACPI power management"),
  ]

  public init(image: GuestImage, slotCount: Int) {
    (self.image, self.slotCount) = (image, slotCount)
  }

  public var kinds: EventKinds { EventKinds([.portAccess, .mmioAccess, .exception]) }

  public func record(_ event: Event) {
    switch event.payload {
    case .portAccess(let port, _, _, _) where !Machine.hasLegacyDevice(at: port): count(port, in: &ports)
    case .mmioAccess(let address, _, _, _) where !isDevice(address): count(address & ~0xfff, in: &pages)
    case .exception(let vector, _, let pointer, _) where Self.vectors[vector] != nil:
      count(Refusal(vector: vector, address: pointer), in: &refusals)
    default: break
    }
  }

  private func count<Key: Hashable>(_ key: Key, in counts: inout [Key: UInt64]) {
    if counts[key] != nil || counts.count < Self.entriesMax { counts[key, default: 0] &+= 1 }
  }

  private func isDevice(_ address: UInt64) -> Bool {
    let slots = Platform.virtioBase..<Platform.virtioBase + UInt64(slotCount) * Platform.virtioSpacing
    return slots.contains(address) || address & ~0xfff == Platform.ioapicBase
      || address & ~0xfff == Platform.localAPICBase
  }

  /// A line for each thing, in the order of addresses.
  public var lines: [String] {
    ports.sorted { $0.key < $1.key }.map { port, times in
      let name = Self.portNames.first { $0.ports.contains(port) }.map { " (\($0.name))" } ?? ""
      return "not on this platform: port \(port.hexadecimal)\(name), used \(times) times"
    }
      + pages.sorted { $0.key < $1.key }.map { page, times in
        "not on this platform: a device at \(page.hexadecimal), used \(times) times"
      }
      + refusals.sorted { ($0.key.address, $0.key.vector) < ($1.key.address, $1.key.vector) }.map { refusal, times in
        let place = image.symbol(at: refusal.address).map { " (\($0.symbol.name)+\($0.offset.hexadecimal))" } ?? ""
        let what = Self.vectors[refusal.vector] ?? "an instruction"
        return "not on this processor: \(what) at \(refusal.address.hexadecimal)\(place), refused \(times) times"
      }
  }
}
