import VirtioCore

/// A virtio-mmio slot without a device, as QEMU's microvm has them behind those in use: it says what it is and that device
/// 0 is in it, which virtio 1.2 (section 4.2.3.1) tells drivers to pass over in silence. Everything else reads as zeros.
public enum EmptyTransport {
  public static func read(offset: UInt64, size: Int) -> UInt64 {
    guard size == 4 else { return 0 }
    return switch MMIORegister(rawValue: offset) {
    case .magicValue: UInt64(MMIORegister.magic)
    case .version: UInt64(MMIORegister.currentVersion)
    case .vendorID: UInt64(MMIOTransport.vendorID)
    default: 0
    }
  }
}
