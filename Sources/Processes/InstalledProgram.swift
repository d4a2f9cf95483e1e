import Foundation

/// Programs of this host that say more than we know ourselves, where they are installed.
public enum InstalledProgram {
  /// The first executable file of this name in the folders of `PATH`.
  public static func url(named name: String) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let places = folders.lazy.map { URL(fileURLWithPath: String($0)).appending(path: name) }
    return places.first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
