/// How much a share may hold: what is taken in, and what the guest makes of it.
public struct ShareLimits: Equatable, Sendable, Codable {
  /// The bytes of all files together.
  public var bytesMax: Int
  /// Files, directories and links together.
  public var entriesMax: Int
  /// Directories below one another.
  public var depthMax: Int

  public init(bytesMax: Int = 64 << 20, entriesMax: Int = 4096, depthMax: Int = 64) {
    self.bytesMax = bytesMax
    self.entriesMax = entriesMax
    self.depthMax = depthMax
  }
}
