import Foundation

/// Programs of LLVM that say more about an image, where they are installed.
enum HostTool {
  static func find(_ name: String) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let tools = folders.lazy.map { URL(fileURLWithPath: String($0)).appending(path: name) }
    return tools.first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
