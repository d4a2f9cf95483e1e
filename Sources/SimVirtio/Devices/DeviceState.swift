/// The state of any device here as plain data: one case for each type.
public enum DeviceState: Equatable, Sendable, Codable {
  case console(ConsoleDevice.State)
  case nineP(NinePDevice.State)
  case entropy(EntropyDevice.State)
  case block(BlockDevice.State)
}
