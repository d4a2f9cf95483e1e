/// A virtio device type (virtio 1.2, section 5).
public struct DeviceID: Equatable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// A slot without a device.
  public static let none = DeviceID(rawValue: 0)
  /// Network card, section 5.1.
  public static let network = DeviceID(rawValue: 1)
  /// Block device, section 5.2.
  public static let block = DeviceID(rawValue: 2)
  /// Console, section 5.3.
  public static let console = DeviceID(rawValue: 3)
  /// Entropy source, section 5.4.
  public static let entropy = DeviceID(rawValue: 4)
  /// 9P transport.
  public static let nineP = DeviceID(rawValue: 9)
  /// Socket device, section 5.10.
  public static let socket = DeviceID(rawValue: 19)
}
