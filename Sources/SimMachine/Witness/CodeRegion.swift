/// Whose page an instruction comes from, as far as pages can tell.
enum CodeRegion: UInt8, Sendable, Codable {
  /// The unikernel's code and the application's.
  case text = 0
  /// Everything that is no code of the image.
  case outside = 1
  case gates = 2
  case interrupts = 3
}
