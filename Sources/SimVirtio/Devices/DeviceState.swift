/// The state of any device here as plain data: one case for each type.
public enum DeviceState: Equatable, Sendable, Codable {
  case console(ConsoleDevice.State)
  case nineP(NinePDevice.State)
  /// The stream of random bytes belongs to whoever gave it.
  case entropy
  case block(BlockDevice.State)
}
