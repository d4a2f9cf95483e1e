/// A file that is put into memory beside the guest's image: Linux's initial RAM disk, or a module of PVH and multiboot.
public struct BootModule: Equatable, Sendable {
  public var bytes: [UInt8]
  /// The text that comes with it; Linux's protocol has none.
  public var commandLine: String

  public init(bytes: [UInt8], commandLine: String = "") {
    (self.bytes, self.commandLine) = (bytes, commandLine)
  }

  /// The most that a machine boots with.
  public static let countMax = 16
  public static let commandLineMax = 255
}
