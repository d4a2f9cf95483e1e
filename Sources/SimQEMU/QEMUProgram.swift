import Foundation

/// The QEMU of this host.
public enum QEMUProgram {
  /// The package that has it, for messages.
  public static let package = "qemu-system-x86"
  public static let name = "qemu-system-x86_64"

  /// The program, looked for in the folders of PATH.
  public static var url: URL? { inPath(name) }

  static func inPath(_ name: String) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
