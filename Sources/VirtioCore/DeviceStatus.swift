/// The device status field (virtio 1.2, section 2.1).
public struct DeviceStatus: OptionSet, Sendable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let acknowledge = DeviceStatus(rawValue: 1)
  public static let driver = DeviceStatus(rawValue: 2)
  public static let driverOK = DeviceStatus(rawValue: 4)
  public static let featuresOK = DeviceStatus(rawValue: 8)
  public static let deviceNeedsReset = DeviceStatus(rawValue: 64)
  public static let failed = DeviceStatus(rawValue: 128)
}
