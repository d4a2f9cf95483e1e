/// A file or a folder that a command reads or writes.
public struct CommandFile: Equatable, Sendable {
  /// As the user or a scenario names it.
  public var path: String
  /// What it is, for messages: "the disk image"; for what is written, the option that names it: "--export-disk".
  public var role: String
  /// A folder is meant, with all that is in it.
  public var isFolder: Bool

  /// The name by which standard output is meant. A file of this name is `./-`.
  public static let standardOutput = "-"

  public init(_ path: String, _ role: String, isFolder: Bool = false) {
    (self.path, self.role, self.isFolder) = (path, role, isFolder)
  }
}
